"""Display numbers: claimed by one, locked for the rest of the world, given back when dead."""

import fcntl
import os
import random
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import IO

import pytest

from desktopd.session.backends import display_numbers
from desktopd.session.backends.display_numbers import (
    NUMBERS,
    candidates,
    claim,
    is_served,
    lock,
    remove_dead_locks,
)
from tests.daemon import until


@pytest.fixture
def number() -> Iterator[int]:
    """A display that nobody has, far from those that servers take first."""
    display_numbers.make_socket_folder()
    free = next(n for n in random.sample(range(50_000, 59_000), 100) if is_free(n))
    yield free
    lock_of(free).unlink(missing_ok=True)
    socket_of(free).unlink(missing_ok=True)


def is_free(number: int) -> bool:
    with claim(number) as unheard:
        return unheard is not None


def lock_of(number: int) -> Path:
    return Path(f"/tmp/.X{number}-lock")


def socket_of(number: int) -> Path:
    return Path(f"/tmp/.X11-unix/X{number}")


def dead_pid() -> int:
    child = subprocess.Popen(["true"])
    child.wait()
    return child.pid


# What is dead in /tmp is removed at any moment, also by daemons that other tests start meanwhile:
# nothing may be dead before it is protected.
def is_removed(number: int) -> bool:
    """Have the lock removed, by us or by another that looks at this moment; whether it is."""
    remove_dead_locks()
    return not lock_of(number).exists()


def test_a_number_is_claimed_by_one_at_a_time(number: int) -> None:
    with claim(number) as unheard:
        assert unheard is not None
        assert not is_free(number)
    assert is_free(number)


def test_a_number_whose_abstract_socket_somebody_has_is_not_free(number: int) -> None:
    with socket.socket(socket.AF_UNIX) as other:
        other.bind(f"\0{socket_of(number)}")
        assert not is_free(number)
    assert is_free(number)


@pytest.mark.skipif(os.getuid() != 0, reason="gives a file to somebody else: only root can")
@pytest.mark.parametrize("place", ["/tmp/.X11-unix/X{}", "/tmp/server-{}.xkm"])
def test_a_number_with_a_file_of_somebody_else_in_the_way_is_passed_over(
    number: int, place: str
) -> None:
    path = Path(place.format(number))
    path.touch()
    os.chown(path, 65534, 65534)
    try:
        assert not is_free(number)
    finally:
        path.unlink()
    assert is_free(number)


def test_nobody_puts_a_keymap_in_the_way_of_a_claimed_number(number: int) -> None:
    place = Path(f"/tmp/server-{number}.xkm")
    with claim(number):
        assert place.stat().st_uid == os.getuid()
    assert not place.exists()


@pytest.mark.parametrize("abstract", [False, True])
def test_who_listens_and_takes_nobody_in_holds_nobody_up(number: int, abstract: bool) -> None:
    address = ("\0" if abstract else "") + str(socket_of(number))
    with ExitStack() as stack:
        listener, *waiting = (stack.enter_context(socket.socket(socket.AF_UNIX)) for _ in range(4))
        listener.bind(address)
        listener.listen(0)
        for client in waiting:
            client.setblocking(False)
            with suppress(BlockingIOError):
                client.connect(address)
        assert is_served(number)
        assert not is_free(number)


def test_a_lock_takes_the_number_and_holds_a_pid_as_x_servers_write_it(number: int) -> None:
    lock(number, os.getpid())
    assert lock_of(number).read_bytes() == b"%10d\n" % os.getpid()
    assert lock_of(number).stat().st_mode & 0o777 == 0o444
    assert not is_free(number)


def test_nothing_is_made_for_a_number_that_is_locked(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Path] = []
    monkeypatch.setattr(display_numbers, "_keymap", lambda number: made.append(Path()) or Path())
    lock_of(number).touch()
    with claim(number) as unheard:
        assert unheard is None
    assert made == []


def test_who_has_the_low_numbers_has_not_the_next_ones_too() -> None:
    numbers = list(candidates())
    assert len(numbers) == len({*numbers})
    assert numbers[:100] == list(NUMBERS[:100])
    assert numbers[100:200] != list(NUMBERS[100:200])
    assert {*numbers[100:200]} < {*NUMBERS}


def test_who_has_taken_all_numbers_of_displays_has_not_taken_those_beyond(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(display_numbers, "NUMBERS", range(number, number + 1))
    with claim(number):
        tried = candidates()
        assert next(tried) == number
        assert not is_free(number)
        assert is_free(next(tried))


def test_nobody_else_may_open_a_lock_before_we_hold_it(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """He could hold it himself, and have us wait for ever."""
    opened_by: list[int] = []

    def flock(file: IO[bytes] | int, operation: int) -> None:
        descriptor = file if isinstance(file, int) else file.fileno()
        opened_by.append(os.fstat(descriptor).st_mode & 0o077)
        really(descriptor, operation)

    really = fcntl.flock
    monkeypatch.setattr(fcntl, "flock", flock)
    with claim(number) as unheard:
        assert unheard is not None
    assert opened_by == [0]


def test_a_pipe_in_the_place_of_a_lock_holds_nobody_up(number: int) -> None:
    os.mkfifo(lock_of(number))
    lock(number, os.getpid())
    assert lock_of(number).is_fifo()


def test_a_claimed_number_is_locked_and_the_lock_becomes_that_of_the_server(number: int) -> None:
    with claim(number):
        assert lock_of(number).read_bytes() == b"%10d\n" % os.getpid()
        lock(number, os.getppid())
    assert lock_of(number).read_bytes() == b"%10d\n" % os.getppid()


def test_a_lock_of_the_server_itself_stays(number: int) -> None:
    lock_of(number).write_text("         1\n")
    lock(number, os.getpid())
    assert lock_of(number).read_text() == "         1\n"


def test_a_server_without_a_lock_has_its_number_too(number: int) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(socket_of(number)))
        server.listen()
        assert not is_free(number)
    # What a server that was killed has left is no obstacle to the next one of the same user.
    assert socket_of(number).exists()
    assert is_free(number)


def test_a_socket_that_another_user_left_is_passed_over(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(socket_of(number)))
    assert is_free(number)
    somebody_else = os.getuid() + 1
    monkeypatch.setattr(os, "getuid", lambda: somebody_else)
    assert not is_free(number)


def test_a_dead_lock_goes_with_its_socket_and_a_living_one_stays(number: int) -> None:
    lock(number, os.getpid())
    remove_dead_locks()
    assert lock_of(number).exists()
    lock_of(number).unlink()
    socket_of(number).touch()
    lock(number, dead_pid())
    until(lambda: is_removed(number), 30)
    assert not socket_of(number).exists()


def test_a_server_that_answers_is_not_dead_wherever_its_process_is(number: int) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(socket_of(number)))
        server.listen()
        lock(number, dead_pid())
        remove_dead_locks()
        assert lock_of(number).exists()


def test_of_two_that_find_a_dead_lock_one_removes_it(number: int) -> None:
    with subprocess.Popen(["sleep", "60"]) as child:
        lock(number, child.pid)
        descriptor = os.open(lock_of(number), os.O_RDONLY)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        child.kill()
    remove_dead_locks()
    assert lock_of(number).exists()
    os.close(descriptor)
    until(lambda: is_removed(number), 30)


@pytest.mark.parametrize("rubbish", ["", "no number\n"])
def test_what_is_no_lock_stays(number: int, rubbish: str) -> None:
    lock_of(number).write_text(rubbish)
    remove_dead_locks()
    assert lock_of(number).exists()


@pytest.mark.parametrize("mode", [0o1777, 0o755, 0o700, 0o1775])
def test_the_folder_of_sockets_is_trusted_where_nobody_else_can_replace_ours(
    mode: int, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = folder / "sockets"
    monkeypatch.setattr(display_numbers, "SOCKETS", place)
    assert display_numbers.socket_folder_risk() == ""
    place.mkdir()
    place.chmod(mode)
    assert display_numbers.socket_folder_risk() == ""
    assert display_numbers.can_make_sockets()


@pytest.mark.parametrize("mode", [0o777, 0o775])
def test_a_folder_of_sockets_without_the_sticky_bit_is_not_used(
    mode: int, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(display_numbers, "SOCKETS", folder)
    folder.chmod(mode)
    assert "may be changed by everybody" in display_numbers.socket_folder_risk()
    assert not display_numbers.can_make_sockets()


def test_a_folder_of_sockets_of_somebody_else_is_not_used(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a squatter makes it before anybody else; seen with the eyes of another user."""
    monkeypatch.setattr(display_numbers, "SOCKETS", folder)
    folder.chmod(0o1777)
    real, owner = os.getuid(), 12345
    if real == 0:
        os.chown(folder, owner, owner)
    else:
        monkeypatch.setattr(os, "getuid", lambda: owner)
        owner = real
    assert display_numbers.socket_folder_risk() == f"{folder} belongs to user {owner}"
    assert not display_numbers.can_make_sockets()


def test_a_link_in_the_place_of_the_folder_is_not_used(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "link").symlink_to(folder)
    monkeypatch.setattr(display_numbers, "SOCKETS", folder / "link")
    assert display_numbers.socket_folder_risk().endswith("is no folder")
    assert not display_numbers.can_make_sockets()

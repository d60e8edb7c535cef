"""The runtime folder: one user's, one daemon's, short enough for sockets."""

import errno
import os
from pathlib import Path

import pytest

from desktopd.session.errors import SessionError
from desktopd.session.folder import SOCKET_PATH_LIMIT, claim, make_private, require_unmoved


def test_the_folder_is_for_its_user_alone(folder: Path) -> None:
    place = folder / "base" / "port-1"
    make_private(place)
    make_private(place)
    assert place.stat().st_mode & 0o777 == 0o700
    assert (place / "home").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("mode", [0o1777, 0o777, 0o755, 0o750, 0o1700])
def test_a_folder_that_others_use_is_left_as_it_is(folder: Path, mode: int) -> None:
    place = folder / "shared"
    place.mkdir()
    (place / "theirs").touch()
    place.chmod(mode)
    with pytest.raises(SessionError, match=r"is open to others .* holds theirs; set it to a"):
        make_private(place)
    assert place.stat().st_mode & 0o7777 == mode
    assert [path.name for path in place.iterdir()] == ["theirs"]


def test_so_is_a_temporary_folder_with_a_lock_of_ours(folder: Path) -> None:
    os.close(claim(folder))
    folder.chmod(0o1777)
    with pytest.raises(SessionError, match="is open to others"):
        make_private(folder)


@pytest.mark.parametrize("link", [False, True])
def test_so_is_a_home(folder: Path, monkeypatch: pytest.MonkeyPatch, link: bool) -> None:
    monkeypatch.setenv("HOME", str(folder))
    (folder / "name").mkdir()
    with pytest.raises(SessionError, match="has more than desktopd"):
        make_private(folder / "name" / ".." if link else folder)
    assert [path.name for path in folder.iterdir()] == ["name"]


@pytest.mark.parametrize("mode", [0o755, 0o777, 0o2770, 0o1777])
def test_an_empty_volume_serves(folder: Path, mode: int) -> None:
    (folder / "lost+found").mkdir()
    folder.chmod(mode)
    make_private(folder)
    assert folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("mode", [0o755, 0o2770])
def test_so_does_one_of_ours_that_was_opened_again(folder: Path, mode: int) -> None:
    make_private(folder)
    os.close(claim(folder))
    folder.chmod(mode)
    make_private(folder)
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_private_folder_may_hold_more(folder: Path) -> None:
    folder.chmod(0o700)
    (folder / "more").touch()
    make_private(folder)


def test_a_path_too_long_for_a_socket_is_told_by_how_much(folder: Path) -> None:
    room = SOCKET_PATH_LIMIT - len(os.fsencode(folder)) - len("//companion/sock")
    make_private(folder / ("a" * room))
    with pytest.raises(SessionError, match=r"too long for a unix socket by 3 bytes"):
        make_private(folder / ("a" * (room + 3)))


def test_a_folder_that_cannot_be_made_names_the_setting(folder: Path) -> None:
    (folder / "file").touch()
    with pytest.raises(SessionError, match=r"runtime_dir=.*: .*; set runtime_dir to a writable"):
        make_private(folder / "file" / "run")


def test_a_link_into_somebody_elses_folder_is_refused(folder: Path) -> None:
    (folder / "theirs").mkdir()
    (folder / "run").symlink_to(folder / "theirs")
    with pytest.raises(SessionError, match="set runtime_dir to a folder of your own"):
        make_private(folder / "run")


def test_nothing_is_made_behind_a_link_before_it_is_refused(folder: Path) -> None:
    (folder / "theirs").mkdir()
    (folder / "base").symlink_to(folder / "theirs")
    with pytest.raises(SessionError, match="base is a link; set runtime_dir to a folder of your"):
        make_private(folder / "base" / "port-1")
    assert not list((folder / "theirs").iterdir())


@pytest.mark.parametrize("place", ["run", "mine/run"])
def test_a_folder_that_everybody_may_move_away_is_refused(folder: Path, place: str) -> None:
    base = folder / "scratch"
    make_private(base / place)
    base.chmod(0o777)
    with pytest.raises(SessionError, match=rf"everybody may replace .* chmod \+t {base}, or set"):
        require_unmoved(base / place)
    base.chmod(0o1777)
    require_unmoved(base / place)


def test_so_is_one_behind_a_link(folder: Path) -> None:
    base = folder / "scratch"
    make_private(base / "mine" / "run")
    (folder / "link").symlink_to(base / "mine")
    require_unmoved(folder / "link" / "run")
    base.chmod(0o777)
    with pytest.raises(SessionError, match=rf"everybody may replace .* chmod \+t {base}, or set"):
        require_unmoved(folder / "link" / "run")


@pytest.mark.parametrize("call", ["os.pwrite", "os.fstat", "os.pread", "fcntl.flock"])
def test_a_folder_that_cannot_be_claimed_is_not_held(
    folder: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def fail(*_given: object) -> int:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr(call, fail)
        with pytest.raises(OSError, match="Input/output"):
            claim(folder)
    os.close(claim(folder))


def test_nor_is_one_on_a_disk_without_room_for_its_name(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("os.pwrite", lambda *_given: 0)
        with pytest.raises(OSError, match="No space left"):
            claim(folder)
    os.close(claim(folder))


def test_a_folder_has_one_daemon_at_a_time(folder: Path) -> None:
    held = claim(folder)
    with pytest.raises(SessionError, match=f"used by the desktopd with pid {os.getpid()}; end it"):
        claim(folder)
    os.close(held)
    os.close(claim(folder))

"""Starts of X servers: each gets a display of its own, whoever else starts one at that moment."""

import asyncio
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from desktopd.confinement.confinement import Confinement
from desktopd.geometry import Size
from desktopd.session.backends import detached, display_numbers
from desktopd.session.backends.backend import Backend
from desktopd.session.backends.options import XServerOptions
from desktopd.session.backends.start import ROOM, start
from desktopd.session.backends.table import BACKENDS
from desktopd.session.backends.xvfb import Xvfb
from desktopd.session.clipboard import SessionClipboard
from desktopd.session.errors import LaunchError
from desktopd.session.procfs import start_time
from desktopd.session.runner import Runner
from desktopd.session.service import Service
from desktopd.session.state import StateFile
from desktopd.session.x_server import XServer
from desktopd.x11.connection import Connection
from tests.daemon import until
from tests.unit.session.runners import at_once

SERVERS = 8


def options(folder: Path) -> XServerOptions:
    folder.mkdir(exist_ok=True)
    return XServerOptions(Size(640, 480), Size(800, 600), 96, folder, dict(os.environ))


@pytest.fixture
def children() -> Iterator[list[subprocess.Popen[bytes]]]:
    """What is to be ended with the test."""
    started: list[subprocess.Popen[bytes]] = []
    yield started
    for child in started:
        child.terminate()
        child.wait()
    display_numbers.remove_dead_locks()


@pytest.mark.parametrize("backend", BACKENDS.values(), ids=BACKENDS)
async def test_servers_that_start_together_get_displays_of_their_own(
    folder: Path, children: list[subprocess.Popen[bytes]], backend: Backend
) -> None:
    places = [options(folder / str(turn)) for turn in range(SERVERS)]
    with ThreadPoolExecutor(SERVERS) as threads:
        started = [*threads.map(lambda place: start(backend, place), places)]
    children += [child for _, child in started]
    names = [name for name, _ in started]
    assert len({*names}) == SERVERS, names
    for name, place in zip(names, places, strict=True):
        # The cookie of each fits the server that listens under that number.
        connection = await Connection.open(name, place.authority)
        await connection.close()


def test_the_next_server_has_room_that_no_log_has_taken(
    folder: Path, children: list[subprocess.Popen[bytes]]
) -> None:
    place = options(folder / "one")
    children.append(start(BACKENDS["xvfb"], place)[1])
    assert place.room.stat().st_size == ROOM
    place.log.write_bytes(bytes(ROOM))
    # As on a disk that is full.
    place.room.write_bytes(b"")
    children.append(start(BACKENDS["xvfb"], place)[1])
    assert place.log.stat().st_size < ROOM


def test_who_may_read_the_cookie_of_a_locked_server_has_not_the_next_one(folder: Path) -> None:
    place = options(folder / "one")
    names = ("files", "home", "settings", "temporary")
    folders = {name: folder / name for name in names}
    confinement = Confinement(own=(), read=(), secret=(), tcp=False, **folders)
    place.authority.write_bytes(b"of the last one" + bytes(4096))
    # As on a full disk, there is room for no other file.
    place.authority.with_suffix(".new").mkdir()
    with place.authority.open("rb") as read:
        with pytest.raises(OSError, match="File exists"):
            start(BACKENDS["xvfb"], replace(place, confinement=confinement))
        assert read.read(15) == b"of the last one"


@pytest.mark.parametrize("backend", BACKENDS.values(), ids=BACKENDS)
async def test_without_a_folder_to_write_in_a_server_has_the_abstract_socket(
    folder: Path,
    children: list[subprocess.Popen[bytes]],
    monkeypatch: pytest.MonkeyPatch,
    backend: Backend,
) -> None:
    monkeypatch.setattr(display_numbers, "can_make_sockets", lambda: False)
    place = options(folder / "one")
    name, child = start(backend, place)
    children.append(child)
    path = f"/tmp/.X11-unix/X{name[1:]}"
    assert not Path(path).exists()
    assert display_numbers.is_served(int(name[1:]))
    connection = await Connection.open(name, place.authority)
    await connection.close()
    # So do programs.
    environment = {**os.environ, "DISPLAY": name, "XAUTHORITY": str(place.authority)}
    subprocess.run(["xdpyinfo"], env=environment, check=True, capture_output=True, timeout=20)


@pytest.mark.parametrize("backend", BACKENDS.values(), ids=BACKENDS)
def test_nobody_gets_the_abstract_socket_where_programs_would_show_him_the_cookie(
    folder: Path, children: list[subprocess.Popen[bytes]], backend: Backend
) -> None:
    place = options(folder / "one")
    name, child = start(backend, place)
    children.append(child)
    address = f"\0/tmp/.X11-unix/X{name[1:]}"
    with socket.socket(socket.AF_UNIX) as other:
        with pytest.raises(OSError, match="in use"):
            other.bind(address)
        with pytest.raises(ConnectionRefusedError):
            other.connect(address)
    environment = {**os.environ, "DISPLAY": name, "XAUTHORITY": str(place.authority)}
    subprocess.run(["xdpyinfo"], env=environment, check=True, capture_output=True, timeout=20)


def test_a_folder_that_is_mounted_read_only_is_known(folder: Path) -> None:
    probe = f"""
from pathlib import Path
from desktopd.session.backends import detached, display_numbers
display_numbers.SOCKETS = Path("{folder}")
display_numbers.make_socket_folder()
print(display_numbers.can_make_sockets())"""
    read_only = f"mount --bind {folder} {folder} && mount -o remount,bind,ro {folder}"
    if os.getuid():
        read_only = f"chmod 555 {folder}"  # which would not hold back root
    mounts = [] if os.getuid() else ["unshare", "--mount"]
    run = [*mounts, "sh", "-c", f"{read_only} && exec {sys.executable} -c '{probe}'"]
    done = subprocess.run(run, capture_output=True, text=True, check=True, timeout=20)
    assert done.stdout == "False\n"


def test_a_running_server_holds_its_number_by_a_lock(
    folder: Path, children: list[subprocess.Popen[bytes]]
) -> None:
    name, child = start(BACKENDS["xvfb"], options(folder / "one"))
    children.append(child)
    number = int(name[1:])
    lock = Path(f"/tmp/.X{number}-lock")
    assert int(lock.read_text()) == child.pid
    other = subprocess.run(["Xvfb", name], capture_output=True, text=True, check=False, timeout=20)
    assert "already active" in other.stderr
    with display_numbers.claim(number) as unheard:
        assert unheard is None
    display_numbers.remove_dead_locks()
    assert lock.exists()

    child.kill()
    child.wait()

    def is_removed() -> bool:
        # By us, or by another daemon that looks at this moment.
        display_numbers.remove_dead_locks()
        return not lock.exists()

    until(is_removed, 30)
    assert not Path(f"/tmp/.X11-unix/X{number}").exists()


@pytest.mark.parametrize("late", [False, True], ids=["from its first moment", "late"])
@pytest.mark.parametrize("backend", BACKENDS.values(), ids=BACKENDS)
def test_nobody_else_takes_places_of_a_server(
    folder: Path,
    children: list[subprocess.Popen[bytes]],
    backend: Backend,
    monkeypatch: pytest.MonkeyPatch,
    *,
    late: bool,
) -> None:
    """Without its cookie either: who connects has one of its 256 until he is heard."""
    if late:
        monkeypatch.setattr(detached, "keeping_umask", lambda act: act())
    else:
        monkeypatch.setattr(display_numbers, "close_to_others", lambda _: None)
    name, child = start(backend, options(folder))
    children.append(child)
    place = f"/tmp/.X11-unix/X{name[1:]}"
    connect = f"import socket; socket.socket(socket.AF_UNIX).connect('{place}')"
    others = ["setpriv", "--reuid=54321", "--regid=54321", "--clear-groups"]
    as_other = [*([] if os.geteuid() == 0 else ["sudo", "-n"]), *others]
    run = [*as_other, "/usr/bin/python3", "-c", connect]
    done = subprocess.run(run, capture_output=True, text=True, check=False, timeout=20)
    assert "Permission denied" in done.stderr


def test_a_claim_holds_against_a_container_that_shares_tmp(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # What another container sees of us: the lock, but neither our process nor our abstract sockets.
    monkeypatch.setattr(os, "getpid", lambda: 2**22 - 1)
    number = 50_123
    with display_numbers.claim(number) as unheard:
        assert unheard is not None
        display_numbers.remove_dead_locks()
        with display_numbers._locked(number) as is_theirs:
            assert not is_theirs
    assert not Path(f"/tmp/.X{number}-lock").exists()


def test_a_number_that_is_claimed_is_passed_over(
    folder: Path, children: list[subprocess.Popen[bytes]]
) -> None:
    name, child = start(BACKENDS["xvfb"], options(folder / "one"))
    children.append(child)
    following = next(
        number
        for number in range(int(name[1:]) + 1, 60_000)
        if not Path(f"/tmp/.X{number}-lock").exists()
    )
    with display_numbers.claim(following):
        name, child = start(BACKENDS["xvfb"], options(folder / "two"))
    children.append(child)
    assert name != f":{following}"


@pytest.mark.parametrize("backend", BACKENDS.values(), ids=BACKENDS)
async def test_a_server_goes_beyond_the_numbers_that_somebody_can_take(
    backend: Backend,
    folder: Path,
    children: list[subprocess.Popen[bytes]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(display_numbers, "NUMBERS", range(0))
    name, child = start(backend, options(folder))
    children.append(child)
    assert int(name[1:]) in display_numbers.MORE_NUMBERS
    connection = await Connection.open(name, options(folder).authority)
    await connection.close()


def test_a_server_that_cannot_start_is_told_with_its_log(folder: Path) -> None:
    place = options(folder / "one")
    broken = XServerOptions(place.size, Size(800, -600), 96, place.folder, place.environment)
    with pytest.raises(LaunchError, match=r"(?s)xvfb: exited with status 1\n.*Couldn't add screen"):
        start(BACKENDS["xvfb"], broken)


class Silent(Xvfb):
    """One that never says which display it has."""

    def _cmd(self) -> list[str]:
        return ["sh", "-c", "exec sleep 600"]


def runner_of(backend: Backend, folder: Path, state: StateFile) -> Runner:
    x_server = XServer(
        *((backend, backend), options(folder), state, lambda: None, SessionClipboard()),
        lambda _: None,
        kiosk=True,
        is_application=lambda _: True,
    )
    service = Service("display", ("X",), ready=at_once, launch=x_server.launch)
    return Runner(service, x_server.launch, state, folder / "log", lambda: None, lambda: "mark")


async def test_a_start_that_is_given_up_is_waited_for_no_longer(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(detached, "START_WITHIN", 600.0)
    begun = threading.Event()

    def silent(options: XServerOptions, number: int) -> Silent:
        begun.set()
        return Silent(options, number)

    state = StateFile(folder / "state.json")
    runner = runner_of(replace(BACKENDS["xvfb"], display=silent), folder, state)
    running = asyncio.create_task(runner.run())
    await asyncio.to_thread(begun.wait)
    running.cancel()
    async with asyncio.timeout(60):
        with pytest.raises(asyncio.CancelledError):
            await running
    assert state.starts == state.processes == {}
    assert "no display when nobody waited" in (runner.status.error or "")


async def test_a_server_that_has_started_when_nobody_waits_any_more_is_ended(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started, given_up = threading.Event(), threading.Event()

    def note(*_: str) -> None:
        started.set()
        given_up.wait(30)

    state = StateFile(folder / "state.json")
    monkeypatch.setattr(state, "display_started", note)
    runner = runner_of(BACKENDS["xvfb"], folder, state)
    running = asyncio.create_task(runner.run())
    await asyncio.to_thread(started.wait)
    running.cancel()
    given_up.set()
    with pytest.raises(asyncio.CancelledError):
        await running
    left = state.processes["display"]
    await runner.stop()
    assert start_time(left.pid) is None
    assert state.starts == state.processes == {}
    display_numbers.remove_dead_locks()

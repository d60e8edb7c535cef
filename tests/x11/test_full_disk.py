"""A disk that is full while the desktop runs: everything can still be started again, once each."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from desktopd.http.access.links import Links
from desktopd.integrations.napari.session.folder import SessionFolder
from desktopd.integrations.napari.session.tries import TRIES
from desktopd.kept_file import kept_room, write_kept
from desktopd.logs import AuditFile
from desktopd.rfb.viewers.viewer import Role
from tests.daemon import Daemon, until

Start = Callable[..., Daemon]


@pytest.fixture
def small_disk(folder: Path) -> Iterator[Path]:
    """A folder on a file system of its own, of 4 MiB."""
    place = folder / "disk"
    place.mkdir()
    as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    options = f"size=4m,mode=0700,uid={os.geteuid()}"
    mount = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)]
    subprocess.run([*as_root, *mount], check=True, timeout=20)
    yield place
    subprocess.run([*as_root, "umount", "-l", str(place)], check=True, timeout=20)


def fill(place: Path) -> None:
    """Leave no byte of it."""
    with (place / "filler").open("ab", buffering=0) as filler:
        for size in (1 << 16, 1 << 10, 1):
            with suppress(OSError):
                while True:
                    filler.write(bytes(size))
    with pytest.raises(OSError, match="No space"):
        (place / "one").write_bytes(bytes(4096))
    (place / "one").unlink()


def test_room_is_kept_for_what_others_write(small_disk: Path) -> None:
    room, size = small_disk / "room", 1 << 16
    with kept_room(room, size):
        pass
    fill(small_disk)
    for taken in range(3):
        with kept_room(room, size):
            (small_disk / "keymap").write_bytes(bytes(size // 2))
            (small_disk / "keymap").unlink()
            (small_disk / f"log-{taken}").write_bytes(bytes(4096))


def test_a_file_is_overwritten_in_the_room_that_it_has(small_disk: Path) -> None:
    path = small_disk / "kept"
    write_kept(path, b"a" * 3000)
    fill(small_disk)
    for text in (b"b" * 3000, b"c" * 10, b"d" * 3000):
        write_kept(path, text)
        assert path.read_bytes() == text
    with pytest.raises(OSError, match="No space"):
        write_kept(small_disk / "other", b"e" * 3000)
    with pytest.raises(OSError, match="No space"):
        write_kept(path, b"f" * 5000)
    assert path.read_bytes() == b"d" * 3000
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_link_is_revoked_for_good_and_no_other_is_lost(small_disk: Path) -> None:
    path = small_disk / "links.json"
    links = Links(path)
    made = [links.make("a link", Role.CONTROL) for _ in range(10)]
    fill(small_disk)
    links.revoke(made[0][0].id)
    valid = made[1:]
    with suppress(OSError):
        while True:
            valid.append(links.make("another", Role.VIEW))
    successor = Links(path)
    assert list(successor) == [link for link, _ in valid]
    assert successor.find(made[0][1].encode()) is None


def test_the_audit_log_has_whole_lines_alone(
    small_disk: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = small_disk / "audit.jsonl"
    handler = AuditFile(path, encoding="utf-8")
    numbers = list(map(str, range(1000)))
    handler.handle(logging.makeLogRecord({"msg": numbers[0] * 20}))
    fill(small_disk)
    for number in numbers[1:-1]:
        handler.handle(logging.makeLogRecord({"msg": number * 20}))
    (small_disk / "filler").unlink()
    handler.handle(logging.makeLogRecord({"msg": numbers[-1] * 20}))
    handler.close()
    written = path.read_text().splitlines()
    elsewhere = [record.getMessage().rpartition(": ")[2] for record in caplog.records]
    assert elsewhere
    assert sorted(written + elsewhere) == sorted(number * 20 for number in numbers)


def test_a_session_is_put_back_that_nobody_can_count(small_disk: Path) -> None:
    session = SessionFolder(small_disk / "session")
    session.commit({"layers": []})
    fill(small_disk)
    for _ in range(TRIES + 1):
        assert session.may_try()
    assert session.load() is not None
    session.tried()


def test_a_start_in_the_background_says_that_there_is_no_room(small_disk: Path) -> None:
    fill(small_disk)
    place = [f"--runtime-dir={small_disk}", "--port=0", "--app=xterm"]
    command = [sys.executable, "-m", "desktopd", "start", *place]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert f"{small_disk}: No space left on device; make room there" in done.stderr


@pytest.mark.parametrize("display", ["xvfb", "xdummy"])
def test_a_killed_x_server_and_a_killed_daemon_come_back(
    small_disk: Path, daemon: Start, display: str
) -> None:
    desktop = daemon(
        app="xterm",
        display=display,
        size="640x480",
        runtime_dir=small_disk / "run",
        restart_app=True,
    )
    desktop.ready()
    fill(small_disk)
    for name in ("display", "application", "window_manager"):
        killed = desktop.pid(name)
        os.kill(killed, signal.SIGKILL)
        until(lambda: desktop.service(name)["pid"] not in (None, killed), 30, f"another {name}")  # noqa: B023
        desktop.ready()

    application = desktop.pid("application")
    desktop.kill()
    desktop.start()
    desktop.ready()
    assert desktop.pid("application") == application

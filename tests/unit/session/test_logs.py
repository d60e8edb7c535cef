"""Logs of the services: trimmed while they are written, and told by their ends."""

import asyncio
import ctypes
import fcntl
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from desktopd.openers import at_once
from desktopd.session import logs
from desktopd.session.logs import LIMIT, keep_small, open_log, tail, trim
from tests.daemon import until

KEEP_SIZE = 1
"""FALLOC_FL_KEEP_SIZE of linux/falloc.h."""


def test_a_log_is_trimmed_while_it_is_written(folder: Path) -> None:
    log = folder / "log"
    with log.open("ab") as output:
        child = subprocess.Popen(
            ["sh", "-c", "seq 10000; read go; echo last"], stdin=subprocess.PIPE, stdout=output
        )
    until(lambda: b"\n10000\n" in log.read_bytes(), 30, "the last number")
    trim(log, limit=10_000)
    child.communicate(b"\n")
    assert log.read_text() == "last\n"
    old = (folder / "log.old").read_text()
    assert len(old) == 10_000
    assert old.endswith("9999\n10000\n")
    trim(log, limit=10_000)
    assert log.read_text() == "last\n"


def test_a_log_that_its_program_has_opened_again_has_its_words_and_no_hole(folder: Path) -> None:
    log, limit = folder / "log", 40_000
    with log.open("wb", buffering=0) as output:
        output.write(b"early\n" * 10_000)
        trim(log, limit)
        output.write(b"late\n")
        trim(log, limit)
    assert (folder / "log.old").read_bytes() == (b"early\n" * 10_000)[-limit:]
    assert tail(log) == "late"


def test_what_is_written_meanwhile_is_in_one_of_both(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, limit = folder / "log", 4096
    log.write_text("early\n" * limit)

    def opened_later(path: Path, flags: int) -> int:
        with log.open("a") as output:
            output.write("meanwhile\n" * limit)
        return at_once(path, flags)

    with monkeypatch.context() as patch:
        patch.setattr(logs, "at_once", opened_later)
        trim(log, limit)
    assert (folder / "log.old").read_text().endswith("\nmeanwhile\n")
    assert "early" not in (folder / "log.old").read_text()


def test_a_log_takes_no_room_behind_its_end(folder: Path) -> None:
    log, limit = folder / "log", 40_000
    with log.open("ab", buffering=0) as output:
        output.write(b"said\n")
        length = ctypes.c_long(1 << 20)
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.fallocate(output.fileno(), KEEP_SIZE, ctypes.c_long(0), length):
            pytest.skip(f"this disk keeps no room: {os.strerror(ctypes.get_errno())}")
        assert log.stat().st_blocks * 512 > limit
        trim(log, limit)
        assert log.stat().st_blocks == 0
        output.write(b"more\n")
    assert (folder / "log.old").read_bytes() == b"said\n"
    assert tail(log) == "more"


async def test_logs_are_kept_small_and_one_that_cannot_be_hinders_no_other(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "EVERY", 0.01)
    folders, large = folder / "folder", folder / "large"
    folders.mkdir()
    keeping = asyncio.create_task(keep_small([folders, folder / "none", large]))
    async with asyncio.timeout(30):
        for _ in range(2):
            large.write_bytes(os.urandom(LIMIT + 1))
            while large.stat().st_size:
                await asyncio.sleep(0.01)
    keeping.cancel()


def test_the_tail_of_a_log_starts_where_it_was_told(folder: Path) -> None:
    log = folder / "log"
    log.write_text("before\nafter\n\n")
    assert tail(log, since=len("before\n")) == "after"
    assert tail(log, since=10_000) == "before\nafter"
    assert tail(log, lines=1) == "after"
    assert tail(folder / "missing") == ""


def test_the_tail_of_a_log_that_grows_faster_than_it_is_read_takes_little() -> None:
    program = """if True:
        import resource
        from pathlib import Path
        from desktopd.session.logs import tail
        resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
        print(repr(tail(Path("/dev/zero"))))
    """
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (told.stdout, told.stderr) == ("''\n", "")


def test_a_log_is_for_its_user_alone_and_is_appended_to(folder: Path) -> None:
    log = folder / "log"
    for text in ("first\n", "second\n"):
        with open(open_log(log), "w") as output:
            output.write(text)
    assert log.read_text() == "first\nsecond\n"
    assert log.stat().st_mode & 0o777 == 0o600


def test_nobody_is_waited_for_who_lets_nobody_have_a_log(folder: Path) -> None:
    log = folder / "log"
    held = open_log(log)
    os.write(held, b"x" * 1000)
    # Whoever holds it is told when somebody else comes, and ends by that.
    before = signal.signal(signal.SIGIO, signal.SIG_IGN)
    try:
        fcntl.fcntl(held, fcntl.F_SETLEASE, fcntl.F_WRLCK)
        assert tail(log) == ""
        trim(log, limit=100)
        assert log.stat().st_size == 1000
        os.close(open_log(log))
        assert log.stat().st_size == 0
    finally:
        os.close(held)
        signal.signal(signal.SIGIO, before)

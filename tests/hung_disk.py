"""Disks that hang: file systems (linux/fuse.h) of one file, which leave something unanswered."""

from __future__ import annotations

import ctypes
import os
import select
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import NamedTuple

import pytest

from desktopd.session.procfs import start_time

_LOOKUP, _GETATTR, _OPEN, _READ, _FLUSH, _INIT, _ACCESS = 1, 3, 14, 15, 25, 26, 34
_UNKNOWN = -38
_MNT_DETACH = 2
_FOLDER, _FILE = (1, 0o040755), (2, 0o100755)
_SCRIPT = b"#!/bin/sh\nexec sleep 600\n"
_EXECVE = """
import os, sys
file = open(sys.argv[1])
input()
os.execv("/bin/sleep", ["sleep", "60"])
"""

_libc = ctypes.CDLL(None, use_errno=True)


class HungProcess(NamedTuple):
    """A process by its pid, and what `start_time` told of it before."""

    pid: int
    start_time: int


@contextmanager
def hung_process(folder: Path, environment: Mapping[str, str]) -> Iterator[HungProcess]:
    """A process in an execve(2) that hangs, as it closes a file of such a disk.

    Who reads its proc_pid_stat(5) hangs too. Skips where no such disk can be had.
    """
    closed = Event()

    def keeps(kind: int) -> bool:
        if kind == _FLUSH:
            closed.set()
        return kind == _FLUSH

    with _disk(folder, keeps) as file:
        words = [sys.executable, "-c", _EXECVE, str(file)]
        process = subprocess.Popen(words, env=environment, stdin=subprocess.PIPE)
        try:
            began = start_time(process.pid)
            assert began is not None
            assert process.stdin is not None
            with process.stdin:
                process.stdin.write(b"\n")
            assert closed.wait(30)
            yield HungProcess(process.pid, began)
        finally:
            process.kill()
    process.wait()


@contextmanager
def hanging_program(folder: Path) -> Iterator[tuple[Path, Event]]:
    """A program that runs for ten minutes, on a disk that answers nothing once the event is set.

    Skips where no such disk can be had.
    """
    hangs = Event()
    with _disk(folder, lambda _: hangs.is_set()) as program:
        yield program, hangs


@contextmanager
def _disk(folder: Path, keeps: Callable[[int], bool]) -> Iterator[Path]:
    """The file of a disk, which keeps the requests of some kinds for ever."""
    place = folder / "hung"
    place.mkdir()
    try:
        device = os.open("/dev/fuse", os.O_RDWR)
    except OSError as error:
        pytest.skip(f"/dev/fuse: {error.strerror}")
    options = f"fd={device},rootmode=40000,user_id={os.getuid()},group_id={os.getgid()}"
    if _libc.mount(b"hung", bytes(place), b"fuse", 0, options.encode()):
        os.close(device)
        pytest.skip(f"mount(2): {os.strerror(ctypes.get_errno())}")
    ended, end = os.pipe()
    server = Thread(target=_serve, args=(device, ended, keeps))
    server.start()
    try:
        yield place / "file"
    finally:
        os.close(end)
        server.join()
        # Whoever waits is told that the disk has gone.
        os.close(device)
        os.close(ended)
        _libc.umount2(bytes(place), _MNT_DETACH)


def _serve(device: int, ended: int, keeps: Callable[[int], bool]) -> None:
    while True:
        readable, _, _ = select.select([device, ended], [], [])
        if ended in readable:
            return
        request = os.read(device, 2**17)
        _, kind, number, node = struct.unpack_from("<IIQQ", request)
        if keeps(kind):
            continue
        error, answer = _answer(kind, node, request[40:])
        os.write(device, struct.pack("<IiQ", 16 + len(answer), error, number) + answer)


def _answer(kind: int, node: int, body: bytes) -> tuple[int, bytes]:
    if kind == _INIT:
        return 0, struct.pack("<IIIIHHI", 7, 31, 0, 0, 0, 0, 4096).ljust(64, b"\0")
    if kind == _LOOKUP:
        return 0, struct.pack("<QQQQII", 2, 0, 0, 0, 0, 0) + _attributes(*_FILE)
    if kind == _GETATTR:
        return 0, struct.pack("<QII", 0, 0, 0) + _attributes(*(_FOLDER if node == 1 else _FILE))
    if kind == _OPEN:
        return 0, bytes(16)
    if kind == _READ:
        _, offset, size = struct.unpack_from("<QQI", body)
        return 0, _SCRIPT[offset : offset + size]
    if kind in (_FLUSH, _ACCESS):
        return 0, b""
    return _UNKNOWN, b""


def _attributes(number: int, mode: int) -> bytes:
    return struct.pack(
        "<6Q10I", number, len(_SCRIPT), 0, 0, 0, 0, 0, 0, 0, mode, 1, 0, 0, 0, 4096, 0
    )

"""What a user of a node can reach of a desktop there, as a program: prints the kinds as JSON.

    python neighbour.py UID FOLDER DISPLAY XAUTHORITY LOG JOB

`FOLDER` is the desktop's runtime folder. A kind is told when any of its attempts succeeds.
"""

from __future__ import annotations

import ctypes
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

SHM_RDONLY = 0o10000
KINDS = {"socket", "folder", "display", "log", "job", "environ", "maps", "fd", "cwd", "memory"}


def main(uid: int, folder: Path, display: str, authority: str, log: Path, job: str) -> None:
    """Try everything."""
    reached = {name for name in ("http.sock", "ctl.sock", "rfb.sock") if connects(folder / name)}
    found = {"socket"} if reached else set()
    found |= {kind for kind, path in (("folder", folder), ("log", log)) if opens(path)}
    looked = {"XAUTHORITY": authority, **os.environ}
    if succeeds("xdpyinfo", "-display", display, **looked):
        found.add("display")
    if succeeds("srun", "--overlap", "--quiet", f"--jobid={job}", "true", **os.environ):
        found.add("job")
    for process in processes(uid):
        names = ("environ", "maps", "fd", "cwd")
        found |= {name for name in names if opens(process / name)}
    if any(map(attaches, segments(uid))):
        found.add("memory")
    print(json.dumps(sorted(found)))


def connects(path: Path) -> bool:
    """Whether a unix socket takes a connection."""
    with socket.socket(socket.AF_UNIX) as tried:
        return tried.connect_ex(str(path)) == 0


def opens(path: Path) -> bool:
    """Whether a file or folder can be read. Of a process that has ended everybody reads nothing."""
    try:
        return any(path.iterdir()) if path.is_dir() else bool(path.read_bytes())
    except OSError:
        return False


def succeeds(*argv: str, **environment: str) -> bool:
    """Whether a command does."""
    return subprocess.run(argv, env=environment, capture_output=True, timeout=60).returncode == 0


def processes(uid: int) -> Iterator[Path]:
    """The processes of a user."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if process.stat().st_uid == uid:
                yield process
        except FileNotFoundError:
            continue


def segments(uid: int) -> Iterator[int]:
    """The shared memory of a user."""
    for line in Path("/proc/sysvipc/shm").read_text().splitlines()[1:]:
        fields = line.split()
        if int(fields[7]) == uid:
            yield int(fields[1])


def attaches(segment: int) -> bool:
    """Whether shared memory can be read."""
    attach = ctypes.CDLL(None).shmat
    attach.restype = ctypes.c_ssize_t
    return bool(attach(segment, None, SHM_RDONLY) != -1)


if __name__ == "__main__":
    UID, FOLDER, DISPLAY, XAUTHORITY, LOG, JOB = sys.argv[1:]
    main(int(UID), Path(FOLDER), DISPLAY, XAUTHORITY, Path(LOG), JOB)

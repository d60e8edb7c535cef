"""Shared memory: whose it is (CVE-2020-29074, CVE-2026-34352: others could read the screen)."""

from pathlib import Path

from desktopd.x11.screen import shm


def test_shared_memory_is_for_its_user_alone() -> None:
    with shm._allocated(4096) as number:
        rows = [line.split() for line in Path("/proc/sysvipc/shm").read_text().splitlines()[1:]]
        (permissions,) = (row[2] for row in rows if int(row[1]) == number)
    assert int(permissions, 8) & 0o777 == 0o600

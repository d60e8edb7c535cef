"""The kernel's count of kills for memory and its limits, in files as the kernel writes them."""

import os
from pathlib import Path

import pytest

from desktopd.applications.memory import MemoryGroup

V2 = "low 0\nhigh 0\nmax 12\noom 3\noom_kill {}\noom_group_kill 0\n"
V1 = "oom_kill_disable 0\nunder_oom 0\noom_kill {}\n"
UNLIMITED_V1 = "9223372036854771712\n"


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("groups", "counter", "text"),
    [
        ("0::/user.slice/app\n", "sys/fs/cgroup/user.slice/app/memory.events", V2),
        # Inside a container with a namespace of its own, and inside one without.
        ("0::/\n", "sys/fs/cgroup/memory.events", V2),
        ("0::/docker/abc\n", "sys/fs/cgroup/memory.events", V2),
        ("9:pids:/x\n4:memory:/x\n0::/\n", "sys/fs/cgroup/memory/x/memory.oom_control", V1),
        ("4:memory:/docker/abc\n0::/\n", "sys/fs/cgroup/memory/memory.oom_control", V1),
        ("4:memory:/x\n0::/x\n", "sys/fs/cgroup/unified/x/memory.events", V2),
    ],
)
def test_kills_since_the_start_are_counted(
    tmp_path: Path, groups: str, counter: str, text: str
) -> None:
    write(tmp_path / "proc/42/cgroup", groups)
    file = write(tmp_path / counter, text.format(7))
    group = MemoryGroup(42, tmp_path)
    assert group.kills == 0
    write(file, text.format(8))
    assert group.kills == 1


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"memory.max": "max\n"}, None),
        ({"memory.max": "2147483648\n"}, 2147483648),
        # The group around it is tighter; what lies outside of the mount is not asked.
        ({"memory.max": "max\n", "../memory.max": "1048576\n"}, 1048576),
        ({"memory.max": "4096\n", "../memory.max": "1048576\n"}, 4096),
        ({"memory.max": "max\n", "../../../memory.max": "1\n"}, None),
        ({}, None),
    ],
)
def test_the_limit_of_version_2_is_the_tightest_around(
    tmp_path: Path, files: dict[str, str], expected: int | None
) -> None:
    write(tmp_path / "proc/42/cgroup", "0::/user.slice/app\n")
    folder = tmp_path / "sys/fs/cgroup/user.slice/app"
    write(folder / "memory.events", V2.format(0))
    for name, text in files.items():
        write(folder / name, text)
    assert MemoryGroup(42, tmp_path).limit == expected


@pytest.mark.parametrize(
    ("own", "around", "expected"),
    [
        (UNLIMITED_V1, UNLIMITED_V1, None),
        ("536870912\n", UNLIMITED_V1, 536870912),
        (UNLIMITED_V1, "536870912\n", 536870912),
    ],
)
def test_the_limit_of_version_1_is_the_tightest_around(
    tmp_path: Path, own: str, around: str, expected: int | None
) -> None:
    write(tmp_path / "proc/42/cgroup", "4:memory:/docker/abc\n0::/\n")
    folder = tmp_path / "sys/fs/cgroup/memory/docker/abc"
    write(folder / "memory.oom_control", V1.format(0))
    write(folder / "memory.limit_in_bytes", own)
    write(folder.parent / "memory.limit_in_bytes", around)
    assert MemoryGroup(42, tmp_path).limit == expected


@pytest.mark.parametrize("text", ["", "oom_kill_disable 0\n", "max 3\n"])
def test_a_group_that_does_not_count_is_unknown(tmp_path: Path, text: str) -> None:
    write(tmp_path / "proc/42/cgroup", "0::/app\n4:memory:/app\n")
    write(tmp_path / "sys/fs/cgroup/app/memory.events", text)
    group = MemoryGroup(42, tmp_path)
    assert (group.kills, group.limit) == (None, None)


def test_a_process_that_is_gone_or_a_group_that_goes_is_unknown(tmp_path: Path) -> None:
    assert MemoryGroup(42, tmp_path).kills is None
    write(tmp_path / "proc/42/cgroup", "0::/app\n")
    file = write(tmp_path / "sys/fs/cgroup/app/memory.events", V2.format(0))
    group = MemoryGroup(42, tmp_path)
    file.unlink()
    assert group.kills is None


def test_this_process_can_be_asked_for() -> None:
    group = MemoryGroup(os.getpid())
    assert group.kills in (0, None)
    assert group.limit is None or group.limit > 1 << 20

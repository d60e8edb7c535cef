"""The kernel's count of kills for memory, in files as the kernel writes them."""

import os
from pathlib import Path

import pytest

from desktopd.applications.memory import OomKills

V2 = "low 0\nhigh 0\nmax 12\noom 3\noom_kill {}\noom_group_kill 0\n"
V1 = "oom_kill_disable 0\nunder_oom 0\noom_kill {}\n"


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
    kills = OomKills(42, tmp_path)
    assert kills.since_start == 0
    write(file, text.format(8))
    assert kills.since_start == 1


@pytest.mark.parametrize("text", ["", "oom_kill_disable 0\n", "max 3\n"])
def test_a_group_that_does_not_count_is_unknown(tmp_path: Path, text: str) -> None:
    write(tmp_path / "proc/42/cgroup", "0::/app\n4:memory:/app\n")
    write(tmp_path / "sys/fs/cgroup/app/memory.events", text)
    assert OomKills(42, tmp_path).since_start is None


def test_a_process_that_is_gone_or_a_group_that_goes_is_unknown(tmp_path: Path) -> None:
    assert OomKills(42, tmp_path).since_start is None
    write(tmp_path / "proc/42/cgroup", "0::/app\n")
    file = write(tmp_path / "sys/fs/cgroup/app/memory.events", V2.format(0))
    kills = OomKills(42, tmp_path)
    file.unlink()
    assert kills.since_start is None


def test_this_process_can_be_asked_for() -> None:
    assert OomKills(os.getpid()).since_start in (0, None)

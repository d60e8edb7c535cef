"""What processes use, from Linux's proc(5)."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PROC = Path("/proc")


def tree(roots: Iterable[int]) -> set[int]:
    """The processes `roots` and all that descend from them."""
    children = defaultdict(list)
    for pid, fields in _processes():
        children[int(fields[1])].append(pid)
    found: set[int] = set()
    todo = list(roots)
    while todo:
        pid = todo.pop()
        found.add(pid)
        todo += children[pid]
    return found


def cpu_seconds(roots: Iterable[int]) -> float:
    """User and system time of the trees so far, with that of their processes that have ended."""
    wanted = tree(roots)
    return sum(
        sum(map(int, fields[11:15])) / _TICKS for pid, fields in _processes() if pid in wanted
    )


def memory(roots: Iterable[int]) -> int:
    """Bytes of the trees; pages in use by several processes count in parts, shared memory not."""
    return sum(_proportional_set_size(pid) for pid in tree(roots))


def machine_seconds() -> float:
    """Time that all cores together have not been idle so far."""
    fields = (_PROC / "stat").read_text().splitlines()[0].split()[1:9]
    user, nice, system, _idle, _iowait, *rest = map(int, fields)
    return (user + nice + system + sum(rest)) / _TICKS


def _processes() -> Iterator[tuple[int, list[str]]]:
    """Each process with the fields of its stat file from the third on."""
    for folder in _PROC.glob("[0-9]*"):
        try:
            content = (folder / "stat").read_text()
        except OSError:  # it has ended
            continue
        yield int(folder.name), content.rpartition(")")[2].split()


def _proportional_set_size(pid: int) -> int:
    try:
        lines = (_PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    except OSError:  # it has ended
        return 0
    wanted = ("Pss_Anon:", "Pss_File:")
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith(wanted))

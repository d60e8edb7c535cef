"""A host that ends no line: what it tells takes no memory, and what follows is heard."""

from __future__ import annotations

import asyncio
import subprocess

from desktopd.ssh.connection import _LONGEST, _lines
from desktopd.ssh.slurm.connection import _line

HOST = "head -c 1000000 /dev/zero; echo; echo next"


def test_a_line_without_an_end_comes_in_pieces() -> None:
    with subprocess.Popen(["sh", "-c", HOST], stdout=subprocess.PIPE) as host:
        assert host.stdout is not None
        told = [*_lines(host.stdout)]
    assert max(map(len, told)) == _LONGEST
    assert told[-1] == "next\n"


async def test_what_a_job_is_told_beside_such_a_line_is_heard() -> None:
    host = await asyncio.create_subprocess_exec(
        *("sh", "-c", HOST), stdout=asyncio.subprocess.PIPE, limit=_LONGEST
    )
    assert host.stdout is not None
    told = []
    while line := await _line(host.stdout):
        told.append(line)
    await host.wait()
    assert max(map(len, told)) <= 2 * _LONGEST
    assert told[-1] == "next\n"

"""Measurements that no other test runs, started as by hand: what is printed, not how much."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.daemon import ROOT

pytestmark = pytest.mark.timeout(300)


def printed(*words: str) -> list[str]:
    """The lines of a measurement, which has a process of its own as it has a loop of its own."""
    ended = subprocess.run(
        [sys.executable, "-m", *words], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
    )
    return ended.stdout.splitlines()


def test_each_fault_has_its_line() -> None:
    title, _, *lines = printed("tests.bench.faults", "--stack", "desktopd-x11vnc", "--seconds", "1")
    assert title == "| fault | desktopd-x11vnc |"
    assert len(lines) == 5
    for line in lines:
        assert re.fullmatch(r"\| .+ \| (\d+\.\d\d s|never) \|", line)


def test_the_exact_picture_after_a_drag_has_its_line() -> None:
    drag, medians = printed("tests.bench.exact", "--drags", "1")
    assert re.fullmatch(r"exact after \d+ ms, of which napari drew \d+", drag)
    assert medians.startswith("medians: ")

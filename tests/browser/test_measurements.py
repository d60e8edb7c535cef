"""Measurements that no other test runs, started as by hand: what is printed, not how much."""

from __future__ import annotations

import re

import pytest

from tests.bench import exact, faults


@pytest.mark.timeout(300)
def test_each_fault_has_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    faults.main(["--stack", "desktopd-x11vnc", "--seconds", "1"])
    title, _, *lines = capsys.readouterr().out.splitlines()
    assert title == "| fault | desktopd-x11vnc |"
    assert len(lines) == 5
    for line in lines:
        assert re.fullmatch(r"\| .+ \| (\d+\.\d\d s|never) \|", line)


@pytest.mark.timeout(300)
def test_the_exact_picture_after_a_drag_has_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    exact.main(1)
    drag, medians = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"exact after \d+ ms, of which napari drew \d+", drag)
    assert medians.startswith("medians: ")

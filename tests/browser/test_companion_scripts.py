"""Sessions of scripts that wait for their user, or open one window after the other."""

from __future__ import annotations

import json
import sys

from tests.browser.napari_desktop import WITHIN, Napari, running
from tests.daemon import until

SUMS = """
import json, numpy as np
from pathlib import Path
sums = {layer.name: int(np.asarray(layer.data).sum()) for layer in v.layers}
(Path(__file__).parent / "sums.json").write_text(json.dumps(sums))
"""


def sums(napari: Napari) -> dict[str, int]:
    """The sum of each layer's data, the lowest first."""
    napari.run(SUMS)
    return dict(json.loads((napari.data / "sums.json").read_text()))


def test_layers_that_a_script_makes_after_a_dialog_are_there_once() -> None:
    with running("napari {data}/dialog.py") as napari:
        until(lambda: len(napari.layers()) == 3, WITHIN, "what the script makes")
        napari.run("v.layers['lab'].paint((9, 9), 3)")
        before = sums(napari)
        napari.saved()
        told = napari.ready(after=napari.kill())
        assert told["restored"]["missing"] == []
        assert sums(napari) == before


def test_a_session_goes_into_the_window_that_it_is_of() -> None:
    with running(f"env -u napari {sys.executable} {{data}}/in_turn.py") as napari:
        pid = napari.pid()
        close(napari)
        napari.run("v.layers['lab'].paint((9, 9), 3)")
        second = sums(napari)
        assert second["img"] == 2 * 64 * 64
        napari.saved()
        assert napari.pid() == pid
        told = napari.ready(after=napari.kill())
        assert sums(napari) == {"img": 64 * 64, "lab": 0}
        assert [one["name"] for one in told["restored"]["missing"]] == ["session"]
        close(napari)
        assert sums(napari) == second


def close(napari: Napari) -> None:
    """Close the window as its user does, and wait for the next one."""
    napari.run("from qtpy.QtCore import QTimer\nQTimer.singleShot(500, v.close)")
    until(lambda: _shows_the_second(napari), WITHIN, "the next window")


def _shows_the_second(napari: Napari) -> bool:
    answer = napari.ask("GET", "/layers")
    if answer.status_code != 200:
        return False
    limits = [one["contrast_limits"] for one in answer.json()["layers"] if one["name"] == "img"]
    return limits == [[0, 2]]

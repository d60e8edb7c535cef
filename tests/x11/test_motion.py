"""A real napari, for which every scene is too slow: coarser in motion, and then its own picture."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from desktopd.geometry import Size
from tests.daemon import ROOT
from tests.x11.conftest import Server, running

SCENES = ["iso", "additive", "counts", "plane", "labels"]
SCENES += ["points", "mixture", "meshes", "grid", "flat", "stack"]
# Software GL draws on every core.
pytestmark = [pytest.mark.timeout(600), pytest.mark.whole_machine]

MODES = ("companion", "napari")
KINDS = ("screen", "in_motion", "window", "figure")
"""What the screen shows at rest, and screenshots and an export that were taken in motion."""

Drawn = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Drawn:
    """What napari alone and napari with the companion have drawn, by scene."""
    folders = {mode: tmp_path_factory.mktemp(mode) for mode in MODES}
    with running("xvfb", Size(1280, 800)) as server:
        for mode, folder in folders.items():
            draw(server, mode, folder)
    return {name: {mode: read(folder, name) for mode, folder in folders.items()} for name in SCENES}


def draw(server: Server, mode: str, folder: Path) -> None:
    command = [sys.executable, "-m", "tests.x11.motion_scenes", mode, str(folder)]
    ended = subprocess.run(
        command, cwd=ROOT, env=server.environment, capture_output=True, text=True, timeout=300
    )
    assert ended.returncode == 0, ended.stderr[-4000:]


def read(folder: Path, name: str) -> dict[str, Any]:
    with np.load(folder / f"{name}.npz") as found:
        return {**found, "facts": json.loads(str(found["facts"]))}


@pytest.mark.parametrize("name", SCENES)
def test_it_is_coarser_in_motion_and_then_what_napari_draws(drawn: Drawn, name: str) -> None:
    ours, napari = drawn[name]["companion"], drawn[name]["napari"]
    assert min(ours["facts"]["divisors"]) > 1, ours["facts"]
    for kind in KINDS:
        assert np.array_equal(ours[kind], napari[kind]), kind
    assert len(np.unique(napari["screen"])) > 20, "an empty picture says nothing"


@pytest.mark.parametrize("name", SCENES)
def test_it_is_told_what_is_a_draft_and_what_is_not(drawn: Drawn, name: str) -> None:
    in_motion, at_rest = drawn[name]["companion"]["facts"]["drafts"]
    assert in_motion[-1:] == [True]
    assert at_rest == [False]


@pytest.mark.parametrize("name", SCENES)
def test_the_visuals_are_as_before(drawn: Drawn, name: str) -> None:
    assert drawn[name]["companion"]["facts"]["unchanged"]


@pytest.mark.parametrize("name", SCENES)
def test_the_coarse_picture_is_of_the_same_scene(drawn: Drawn, name: str) -> None:
    coarse, exact = (blurred(drawn[name]["companion"][kind]) for kind in ("coarse", "in_motion"))
    assert np.corrcoef(coarse.ravel(), exact.ravel())[0, 1] > 0.85


@pytest.mark.parametrize("name", SCENES)
def test_a_widget_above_or_beside_it_is_painted_without_a_drawing(drawn: Drawn, name: str) -> None:
    found = drawn[name]["companion"]
    assert found["facts"]["drawn_beside"] == 0
    label = found["beside"][:20, :40]
    assert len(np.unique(label)) > 2
    assert not np.array_equal(label, found["coarse"][:20, :40])
    assert np.array_equal(found["beside"][20:], found["coarse"][20:])


def test_qt_composes_no_window_with_opengl(drawn: Drawn) -> None:
    surfaces = {mode: facts["facts"]["surface"] for mode, facts in drawn["iso"].items()}
    assert surfaces["companion"] == "RasterSurface" != surfaces["napari"]


def test_nothing_is_painted_below_the_canvas(drawn: Drawn) -> None:
    assert [drawn[name]["companion"]["facts"]["painted_below"] for name in SCENES] == [0] * len(
        SCENES
    )


@pytest.mark.parametrize("name", SCENES)
def test_a_press_reaches_the_same_and_draws_nothing_anew(drawn: Drawn, name: str) -> None:
    ours, napari = (drawn[name][mode]["facts"] for mode in ("companion", "napari"))
    assert ours["picked"] == napari["picked"]
    assert (ours["redrawn"], napari["redrawn"]) == (0, 1)


@pytest.mark.parametrize("name", SCENES)
def test_the_mouse_is_at_the_same_place_of_the_world(drawn: Drawn, name: str) -> None:
    ours, napari = (np.array(drawn[name][mode]["facts"]["positions"]) for mode in MODES)
    assert ours == pytest.approx(napari, rel=1e-4, abs=1e-4)
    assert len(np.unique(napari)) > 3, "one place for all says nothing"


@pytest.mark.parametrize("name", [name for name in SCENES if name not in ("flat", "stack")])
def test_a_turn_is_one_drawing_unless_something_is_lit(drawn: Drawn, name: str) -> None:
    ours, napari = (drawn[name][mode]["facts"]["turned"] for mode in MODES)
    assert (ours, napari) == (name in ("mixture", "meshes", "grid"), True)


def test_a_step_slices_once_and_where_napari_does(drawn: Drawn) -> None:
    (once, ours), (twice, napari) = (drawn["flat"][mode]["facts"]["steps"] for mode in MODES)
    assert ours == napari
    assert (once, twice) == (1, 2)
    assert {place for places in napari for place in places} == {17, 5}


def test_the_list_of_layers_is_painted_when_it_has_slowed_down(drawn: Drawn) -> None:
    ours, napari = (drawn["stack"][mode] for mode in MODES)
    assert ours["facts"]["list_painted"] == 0 < napari["facts"]["list_painted"]
    assert np.array_equal(ours["list_at_rest"], napari["list_at_rest"])
    assert not np.array_equal(ours["list_in_motion"], ours["list_at_rest"])


def blurred(picture: Any) -> Any:
    """Means of blocks of 12 x 12 pixels, which hold two of the coarsest on a side."""
    rows, columns = (side // 12 for side in picture.shape[:2])
    blocks = picture[: rows * 12, : columns * 12].reshape(rows, 12, columns, 12, -1)
    return blocks.mean((1, 3))

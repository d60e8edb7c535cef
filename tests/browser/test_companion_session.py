"""What a real napari keeps of its session, and has again after a kill, a restart or a crash."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from tests.browser.napari_desktop import WITHIN, Napari
from tests.chromium import Tab, save, screen
from tests.daemon import until

OpenTab = Callable[[str], Tab]


def differences(before: Any, after: Any, where: str = "") -> Iterator[str]:
    """Where two JSON values differ, and how."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted(before.keys() | after.keys()):
            yield from differences(before.get(key), after.get(key), f"{where}/{key}")
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, parts in enumerate(zip(before, after, strict=True)):
            yield from differences(*parts, f"{where}/{index}")
    elif before != after:
        yield f"{where}: {before!r} -> {after!r}"


def test_everything_is_there_again_after_a_kill(napari: Napari, tab: OpenTab) -> None:
    napari.open("paint.py")
    before = napari.describe()
    assert len(before["order"]) == 13
    napari.saved()
    killed = napari.kill()
    told = napari.ready(after=killed)
    assert list(differences(before, napari.describe())) == []
    assert (told["restored"]["layers"], told["restored"]["missing"]) == (before["order"], [])
    assert "paint" in told["restored"]["unsaved"]
    assert "cells" not in told["restored"]["unsaved"]
    assert (told["exit"]["signal"], told["exit"]["asked"]) == ("SIGKILL", False)
    short = napari.daemon.session()["app"]["exit"]
    assert short == {key: told["exit"][key] for key in short}
    page = tab(napari.daemon.page)
    page.shows_desktop()
    until(lambda: np.unique(screen(napari.daemon)[60:680, 330:1260]).size > 50, WITHIN, "layers")
    save(page.picture(), "companion-restored")


def test_a_restart_saves_first(napari: Napari) -> None:
    napari.run("l = v.add_labels(v.layers[0].data * 0, name='paint')\nl.paint((1, 9, 9), 3)\n")
    before, pid = napari.describe(), napari.pid()
    # At once: no quiet second in which it would save by itself.
    napari.run("v.layers['paint'].paint((2, 50, 50), 4)")
    assert napari.ask("GET", "/motion").json()["mode"] == "smooth"
    assert napari.ask("PUT", "/motion", json={"mode": "exact"}).json()["mode"] == "exact"
    assert napari.ask("POST", "/restart").status_code == 204
    told = napari.ready(after=pid)
    until(lambda: napari.ask("GET", "/motion").json()["mode"] == "exact", WITHIN, "the same mode")
    assert napari.ask("PUT", "/motion", json={"mode": "smooth"}).status_code == 200
    after = napari.describe()
    assert after["order"] == ["cells", "paint"]
    assert after["layers"]["paint"][1] != before["layers"]["paint"][1], "the last stroke"
    napari.run("assert v.layers['paint'].data[2, 50, 50] == 4")
    assert (told["exit"]["signal"], told["exit"]["asked"]) == ("SIGTERM", True)


BESIDE = """
import numpy as np
class Raising:
    def model_dump(self):
        raise RuntimeError
stacked = v.open([here / "cells.tif", here / "more.tif"], stack=True, layer_type="labels")[0]
stacked.name = "stacked"
stacked.paint((1, 2, 20, 20), 7)
v.add_labels(np.zeros((64, 64), int), name="paint").paint((9, 9), 3)
corners = [np.full((30, 2), number) for number in range(100)]
v.add_shapes(corners, shape_type="path", name="shapes")
metadata = {
    "all": "x" * (5 << 20),
    "times": [0.5] * 50_000,
    "odd": [np.array([1, 2], np.longdouble), 10**5000],
    "model": Raising(),
    "$schema": "x",
    0: 1,
}
features = {"when": [np.datetime64("2026-11-29")] * 2, "odd": [object()] * 2}
v.add_points([[1, 1], [2, 2]], name="points", metadata=metadata, features=features)
"""
HAVE_BESIDE = """
assert (v.layers["stacked"].data[1, 2, 18:23, 18:23] == 7).all()
assert v.layers["paint"].data[9, 9] == 3
assert v.layers["shapes"].data[99].tolist() == [[99, 99]] * 30
metadata = v.layers["points"].metadata
assert {key: len(str(value)) for key, value in metadata.items()} == {
    "all": 5 << 20, "times": 2_50_000, "$schema": 1, 0: 1
}
assert list(v.layers["points"].features) == ["when"]
"""


def test_paint_is_there_again_whatever_lies_beside_it(napari: Napari) -> None:
    napari.run("from pathlib import Path\nhere = Path(__file__).parent\n" + BESIDE)
    napari.saved()
    (told,) = napari.get()["companion"]["saved"]["not_kept"]
    assert told["name"] == "points"
    assert "column 'odd' (builtins.object)" in told["reason"]
    told = napari.ready(after=napari.kill())
    assert told["restored"]["missing"] == []
    napari.run(HAVE_BESIDE)


NAMED = """
from napari.layers._source import Source
from napari.utils import Colormap
v.layers["cells"].colormap = Colormap([[0, 0, 0, 1], [1, 1, 1, 1]], name="c" * 300)
v.layers["cells"]._source = Source(path="https://example.org/" + "x" * 5000)
v.dims.axis_labels = ("z" * 300, "y", "x")
"""
LONG = "'paint' + ',' * 5_000"


def test_a_name_without_end_is_told_in_part(napari: Napari) -> None:
    napari.run(f"v.add_labels(v.layers[0].data * 0, name={LONG})")
    name = "paint" + "," * 245
    until(lambda: [*napari.layers()] == ["cells", name], WITHIN, "a name that can be told")
    assert napari.ask("PATCH", f"/layers/{name}", json={"opacity": 0.25}).status_code == 200
    napari.saved()
    killed = napari.kill()
    told = napari.ready(after=killed)
    assert told["restored"]["unsaved"] == [name]
    assert napari.layers()[name]["opacity"] == 0.25
    napari.run(f"assert v.layers[1].name == {LONG}")
    napari.run(NAMED)
    layer = napari.layers()["cells"]
    assert (layer["colormap"], layer["path"]) == ("c" * 250, None)
    assert napari.ask("GET", "/dims").json()["axis_labels"] == ["z" * 250, "y", "x"]


READ = """
import numpy as np
from pathlib import Path
here = Path(__file__).parent
v.open([here / "cells.tif", here / "more.tif"], stack=True, name="stacked")
v.open(here / "more.tif", channel_axis=0, name="channel")
v.layers["cells"].data = v.layers["cells"].data * 0 + 7
grid = getattr(v, "canvas", v).grid
grid.enabled, grid.stride, grid.shape = True, 2, (2, -1)
day = np.datetime64("2026-11-29")
v.add_image(np.eye(9), name="dated", metadata={"day": day, "odd": object(), "kept": 1})
"""
OVER = """
from desktopd.integrations.napari.session.overlays import overlays_of
v.dims.axis_labels = ("t", "z", "y", "x")
over, above = overlays_of(v), overlays_of(v.layers["dated"])
for overlay in over["canvas.scale_bar"], over["scene.axes"], over["canvas.text"]:
    overlay.visible = True
over["canvas.text"].text = "40 h"
over["canvas.scale_bar"].font_size = 17
above["own.colorbar"].visible = above["own.bounding_box"].visible = True
"""
HAVE = """
import numpy as np
from desktopd.integrations.napari.session.overlays import overlays_of
over, above = overlays_of(v), overlays_of(v.layers["dated"])
shown = {name for name, overlay in {**over, **above}.items() if overlay.visible}
assert shown == {
    "canvas.scale_bar", "scene.axes", "canvas.text", "own.colorbar", "own.bounding_box"
}, shown
assert over["canvas.text"].text == "40 h"
assert over["canvas.scale_bar"].font_size == 17
assert v.dims.axis_labels == ("t", "z", "y", "x"), v.dims.axis_labels
assert v.layers["stacked"].data.shape == (2, 3, 128, 128)
assert v.layers["channel [2]"].data.shape == (128, 128)
assert (v.layers["cells"].data == 7).all()
assert v.layers["dated"].metadata == {"day": np.datetime64("2026-11-29"), "kept": 1}
grid = getattr(v, "canvas", v).grid
assert (grid.enabled, grid.stride, grid.shape) == (True, 2, (2, -1))
"""


def test_layers_are_read_again_as_they_were_read_or_have_the_data_that_took_the_place(
    napari: Napari,
) -> None:
    napari.run(READ)
    napari.run(OVER)
    before = list(napari.layers())
    assert before == ["cells", "stacked", *(f"channel{x}" for x in ("", " [1]", " [2]")), "dated"]
    # The second time what was put back has to be kept in its turn.
    for _ in range(2):
        napari.saved()
        told = napari.ready(after=napari.kill())
        assert (told["restored"]["layers"], told["restored"]["missing"]) == (before, [])
        assert told["restored"]["unsaved"] == ["cells", "dated"]
        napari.run(HAVE)


def test_what_no_file_holds_and_nobody_can_keep_is_said_to_be_missing(napari: Napari) -> None:
    napari.run("import dask.array\nv.add_image(dask.array.zeros((9, 9)), name='computed')")
    napari.saved()
    (told,) = napari.get()["companion"]["saved"]["not_kept"]
    assert told["name"] == "computed"
    told = napari.ready(after=napari.kill())
    assert told["restored"]["layers"] == ["cells"]
    (missing,) = told["restored"]["missing"]
    assert missing["name"] == "computed"
    assert "in no file and not in memory" in missing["reason"]


CHANNELS = """
import numpy as np
from napari.layers import Surface
v.open(r"{cells}", channel_axis=0)
del v.layers[1]
v.layers[1].name, v.layers[2].name = "red", "green"
v.layers.move(1, 3)
faces, values = np.array([[0, 1, 2]]), np.zeros((5, 3))
v.add_layer(Surface((np.eye(3), faces, values), name="over time"))
v.add_labels(np.arange(4096).reshape(64, 64), name="paint")
"""
HAVE_CHANNELS = """
import tifffile
read = tifffile.imread(r"{cells}")
assert (v.layers["red"].data == read[1]).all()
assert (v.layers["green"].data == read[2]).all()
"""


def test_what_cannot_be_put_back_is_kept_until_it_can(napari: Napari) -> None:
    cells = napari.data / "cells.tif"
    napari.run(CHANNELS.format(cells=cells))
    napari.saved()
    (blocks,) = napari.daemon.folder.rglob("blocks")
    killed = napari.kill()
    blocks.rename(away := blocks.with_name("away"))
    told = napari.ready(after=killed)
    assert told["restored"]["layers"] == ["cells", "green", "red", "over time"]
    (missing,) = [one for one in told["restored"]["missing"] if one["name"] == "paint"]
    assert missing["reason"].endswith("(kept, and tried again at the next start)")
    for block in away.iterdir():
        blocks.mkdir(exist_ok=True)
        block.rename(blocks / block.name)
    napari.run("v.add_points([[1, 1]], name='points')")
    napari.saved()
    told = napari.ready(after=napari.kill())
    assert told["restored"]["layers"] == ["cells", "green", "red", "over time", "points", "paint"]
    assert told["restored"]["missing"] == []
    napari.run("assert v.layers['paint'].data.sum() == 4095 * 2048")
    napari.run(HAVE_CHANNELS.format(cells=cells))


def test_who_closes_napari_starts_afresh(napari: Napari) -> None:
    napari.run("v.add_points([[1, 1]], name='points')")
    napari.saved()
    pid = napari.pid()
    napari.run("from qtpy.QtCore import QTimer\nQTimer.singleShot(200, v.close)")
    told = napari.ready(after=pid)
    assert list(napari.layers()) == ["cells"]
    assert told["restored"] is None
    assert (told["exit"]["code"], told["exit"]["signal"]) == (0, None)


def test_a_crash_leaves_its_last_words(napari: Napari) -> None:
    napari.saved()
    pid = napari.pid()
    with pytest.raises(AssertionError, match="the application has ended"):
        napari.run("def crashes():\n    import ctypes\n    ctypes.string_at(0)\ncrashes()\n")
    told = napari.ready(after=pid)
    assert told["exit"]["signal"] == "SIGSEGV"
    assert told["exit"]["out_of_memory"] is False
    assert "in crashes" in told["exit"]["traceback"]
    assert told["restored"]["layers"] == ["cells"]


def test_autosave_hardly_stops_the_painter(napari: Napari) -> None:
    """20 MiB of labels, 100 000 points, 500 shapes: what the GUI thread does for each save."""
    napari.run(
        "import numpy as np\n"
        "v.add_labels(np.random.default_rng(1).integers(0, 9, (20, 512, 512), np.int32))\n"
        "v.add_points(np.random.default_rng(1).random((100_000, 3)) * 500, size=3)\n"
        "v.add_shapes([np.array([[0, 0], [0, 9], [9, 9], [9, 0]]) + i for i in range(500)])\n"
    )
    napari.saved()
    for step in range(3):
        napari.run(f"v.layers[1].paint(({step}, 100, 100), 7)")
        napari.saved()
    assert napari.get()["companion"]["saved"]["longest_slice"] < 0.05

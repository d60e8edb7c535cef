"""A real napari with its companion, through the whole daemon, and what a browser shows of it."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
import tifffile
from PIL import Image
from playwright.sync_api import expect
from websockets.sync.client import connect

from tests.browser.chrome_input import ChromeInput
from tests.browser.memory_group import memory_group
from tests.browser.napari_desktop import VIEW, WITHIN, Napari, running
from tests.browser.served_files import served
from tests.chromium import Tab, save, screen
from tests.daemon import short_folder, until

OpenTab = Callable[[str], Tab]
# In a window of 1280x720.
CANVAS = (780, 360)


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


@pytest.fixture(scope="module")
def started() -> Iterator[Napari]:
    with short_folder() as samples:
        for name in ("cells", "more"):
            plane = np.zeros((64, 64), np.uint8)
            tifffile.imwrite(samples / f"{name}.tif", plane, photometric="minisblack")
        settings = {"open_hosts": "127.0.0.1", "samples": samples}
        with running("napari {data}/cells.tif", **settings) as napari:
            yield napari


@pytest.fixture
def napari(started: Napari) -> Napari:
    """A napari that shows one image, as at its start."""
    started.ready()
    started.run("v.dims.ndisplay = 2\nv.layers.clear()\n")
    started.open("cells.tif")
    return started


def test_what_this_application_can_do(napari: Napari) -> None:
    told = napari.get()
    assert {"open", "layers", "layer", "camera", "dims", "screenshot", "reset", "save"} <= set(
        told["capabilities"]
    )
    assert told["state"] == "running"
    assert "llvmpipe" in told["companion"]["renderer"]
    assert told["companion"]["napari"].count(".") == 2


FOLDERS = """
import json
from napari._qt import qt_viewer
from pathlib import Path
from napari.plugins._npe2 import sample_iterator
samples = dict(sample_iterator())["desktopd"]
told = [qt_viewer.get_open_history(), [each["display_name"] for each in samples.values()]]
v.open_sample("desktopd", "sample1")
Path({answer!r}).write_text(json.dumps(told))
"""


def test_dialogs_begin_in_the_files_and_samples_are_at_hand(napari: Napari) -> None:
    answer = napari.data / "folders.json"
    napari.run(FOLDERS.format(answer=str(answer)))
    begun, samples = json.loads(answer.read_text())
    assert begun == [str(napari.data)]
    assert samples == ["cells.tif", "more.tif"]
    assert list(napari.layers()) == ["cells", "more"]


def test_a_file_is_a_layer_of_its_name(napari: Napari) -> None:
    (added,) = napari.open("more.tif")
    assert (added["name"], added["type"]) == ("more", "image")
    assert list(napari.layers()) == ["cells", "more"]
    layer = napari.layers()["more"]
    assert (layer["shape"], layer["dtype"]) == ([3, 128, 128], "uint8")
    assert layer["path"] == str(napari.data / "more.tif")


def test_of_two_links_at_once_one_finds_the_other(napari: Napari) -> None:
    def followed(name: str) -> int:
        link = {"path": str(napari.data / name), "once": True, "unasked": True}
        return napari.ask("POST", "/open", json=link).status_code

    for _ in range(3):
        napari.run("v.layers.clear()")
        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(followed, ["cells.tif", "more.tif"])) == [200, 409]


@pytest.mark.parametrize(
    ("name", "status", "words"),
    [
        ("missing.tif", 404, "does not exist"),
        ("broken.tif", 422, "Tried opening with napari, but failed. ValueError: "),
    ],
)
def test_a_file_that_cannot_be_read_is_answered_with_the_reason(
    napari: Napari, name: str, status: int, words: str
) -> None:
    (napari.data / "broken.tif").write_text("no picture")
    answer = napari.ask("POST", "/open", json={"path": str(napari.data / name)})
    assert answer.status_code == status
    assert words in answer.json()["error"]
    assert list(napari.layers()) == ["cells"]


def test_camera_dims_and_layers_are_set_and_told(napari: Napari) -> None:
    dims = napari.ask("PUT", "/dims", json={"current_step": [2]}).json()
    assert dims["current_step"][0] == 2
    assert napari.ask("PUT", "/dims", json={"ndisplay": 3}).json()["ndisplay"] == 3
    camera = napari.ask("PUT", "/camera", json={"angles": [10, 20, 30], "zoom": 3}).json()
    assert camera["zoom"] == 3
    assert camera["angles"] == pytest.approx([10, 20, 30])
    assert napari.ask("GET", "/camera").json() == camera
    change = {"visible": False, "contrast_limits": [5, 50], "colormap": "green"}
    assert napari.ask("PATCH", "/layers/cells", json=change).status_code == 200
    layer = napari.layers()["cells"]
    assert {key: layer[key] for key in change} == change
    assert napari.ask("PATCH", "/layers/none", json=change).status_code == 404
    refused = napari.ask("PATCH", "/layers/cells", json={"colormap": "no such colour"})
    assert refused.status_code == 422
    napari.ask("POST", "/reset")
    assert napari.ask("GET", "/dims").json()["ndisplay"] == 2
    assert not napari.layers()["cells"]["visible"], "the data stays as it is"


def test_a_trackpad_zooms_as_far_as_at_the_computer_itself(napari: Napari, tab: OpenTab) -> None:
    page = tab(napari.daemon.page)
    page.shows_desktop()

    def zooms(clicks: int) -> None:
        """Wait for what as many clicks of a wheel make, and begin anew."""
        wanted = pytest.approx(1.007 ** (30 * clicks))
        until(lambda: napari.ask("GET", "/camera").json()["zoom"] == wanted, 20, f"{wanted}")
        napari.ask("PUT", "/camera", json={"zoom": 1})

    napari.ask("PUT", "/camera", json={"zoom": 1})
    page.page.mouse.move(*CANVAS)
    for _ in range(30):
        page.page.mouse.wheel(0, -10)
    zooms(5)
    # The fingers say 4 times as large, which 6.7 clicks are.
    ChromeInput(page.page).pinch(*CANVAS, 20)
    zooms(6)


def test_the_canvas_is_a_picture(napari: Napari) -> None:
    answer = napari.ask("GET", "/screenshot")
    assert answer.headers["content-type"] == "image/png"
    picture = np.asarray(Image.open(io.BytesIO(answer.content)).convert("RGB"))
    assert picture.shape[0] > 300
    assert np.unique(picture).size > 50


def test_a_watcher_may_look_and_not_touch(napari: Napari) -> None:
    headers = {"Authorization": f"Bearer {VIEW}"}
    assert napari.ask("GET", "/layers", headers=headers).json()["layers"][0]["path"] is None
    answer = napari.ask("PUT", "/dims", json={"ndisplay": 3}, headers=headers)
    assert answer.status_code == 403


def test_events_tell_of_what_somebody_does_in_napari(napari: Napari) -> None:
    address = napari.daemon.base.replace("http", "ws") + "/api/events"
    headers = {"Authorization": f"Bearer {napari.daemon.token}"}
    with connect(address, additional_headers=headers) as events:

        def told(wanted: Callable[[Any], bool]) -> None:
            deadline = time.monotonic() + WITHIN
            while time.monotonic() < deadline:
                event = json.loads(events.recv(WITHIN))
                if event["type"] == "application" and wanted(event["layers"]):
                    return
            raise AssertionError("not told")

        told(lambda layers: [layer["name"] for layer in layers] == ["cells"])
        napari.run("v.layers['cells'].visible = False\nv.layers['cells'].name = 'hidden'")
        told(lambda layers: (layers[0]["name"], layers[0]["visible"]) == ("hidden", False))


def test_an_uncaught_error_is_kept_with_its_traceback(napari: Napari) -> None:
    napari.run(
        "from qtpy.QtCore import QTimer\n"
        "def a_slot_that_fails():\n    raise KeyError('a mistake in a plugin')\n"
        "QTimer.singleShot(0, a_slot_that_fails)\n"
    )
    (error,) = until(lambda: napari.get()["companion"]["errors"], WITHIN, "an error")
    assert "a mistake in a plugin" in error["message"]
    assert "in a_slot_that_fails" in error["traceback"]


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


READ = """
import numpy as np
from pathlib import Path
here = Path(__file__).parent
v.open([here / "cells.tif", here / "more.tif"], stack=True, name="stacked")
v.open(here / "more.tif", channel_axis=0, name="channel")
v.layers["cells"].data = v.layers["cells"].data * 0 + 7
grid = getattr(v, "canvas", v).grid
grid.enabled, grid.stride, grid.shape = True, 2, (2, -1)
v.add_image(np.eye(9), name="dated", metadata={"day": np.datetime64("2026-11-29"), "kept": 1})
"""
HAVE = """
assert v.layers["stacked"].data.shape == (2, 3, 128, 128)
assert v.layers["channel [2]"].data.shape == (128, 128)
assert (v.layers["cells"].data == 7).all()
assert v.layers["dated"].metadata == {"kept": 1}
grid = getattr(v, "canvas", v).grid
assert (grid.enabled, grid.stride, grid.shape) == (True, 2, (2, -1))
"""


def test_layers_are_read_again_as_they_were_read_or_have_the_data_that_took_the_place(
    napari: Napari,
) -> None:
    napari.run(READ)
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


def test_the_kernels_kill_for_memory_is_told(napari: Napari, tab: OpenTab) -> None:
    page, before = tab(napari.daemon.page), napari.pid()
    with memory_group(napari.daemon.process.pid) as limit:
        # Napari is born into the daemon's group.
        napari.ask("POST", "/restart")
        napari.ready(after=before)
        pid, started = napari.pid(), time.time()
        limit(96 << 20)
        with pytest.raises(AssertionError, match="the application has ended"):
            napari.run("import numpy as np\nnp.ones(1 << 28)")
        until(lambda: napari.get()["exit"]["time"] > started, 20, "the end")
        limit(None)
        told = napari.ready(after=pid)
    assert told["exit"]["signal"] == "SIGKILL"
    assert told["exit"]["out_of_memory"] is True
    assert 96 << 20 < told["exit"]["memory_limit"] < 16 << 30
    card = page.page.locator("#crash")
    expect(card).to_contain_text("napari ran out of memory", timeout=WITHIN * 1000)
    expect(card).to_contain_text("iB of memory here.")
    assert told["restored"]["layers"] == ["cells"]


def test_a_url_of_a_listed_host_is_opened(napari: Napari) -> None:
    with served(napari.data) as address:
        answer = napari.ask("POST", "/open", json={"url": f"{address}/more.tif"})
        assert answer.status_code == 200, answer.text
        assert answer.json()["layers"][0]["shape"] == [3, 128, 128]
        refused = napari.ask("POST", "/open", json={"url": f"{address}/missing.tif"})
        assert refused.status_code == 422
        assert "404" in refused.json()["error"]
        elsewhere = napari.ask("POST", "/open", json={"url": address.replace("127.0.0.1", "[::1]")})
        assert elsewhere.status_code == 403


def test_a_daemon_that_comes_back_finds_the_companion(napari: Napari) -> None:
    pid = napari.pid()
    napari.daemon.kill()
    napari.daemon.start()
    napari.ready()
    assert napari.pid() == pid
    assert list(napari.layers()) == ["cells"]

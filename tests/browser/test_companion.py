"""A real napari with its companion, through the whole daemon, and what a browser shows of it."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect
from websockets.sync.client import connect

from tests.browser.chrome_input import ChromeInput
from tests.browser.memory_group import memory_group
from tests.browser.napari_desktop import VIEW, WITHIN, Napari
from tests.browser.served_files import served
from tests.chromium import Tab
from tests.daemon import until

OpenTab = Callable[[str], Tab]
# In a window of 1280x720.
CANVAS = (780, 360)


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

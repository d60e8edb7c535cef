"""Drops as people make them: from Chromium on napari, and with a mouse on a page in Firefox."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest
import tifffile

from desktopd.geometry import Size
from tests.browser.dragging import Start, Target, drag, today
from tests.browser.napari_desktop import WITHIN, Napari, running
from tests.chromium import Picture, Tab, save
from tests.daemon import until
from tests.firefox import firefox
from tests.x11.conftest import Server
from tests.x11.conftest import running as x_server
from tests.x11.dragging import shown

OpenTab = Callable[[str], Tab]
# Where napari's canvas is, in a window of 1280x720.
CANVAS = (780, 360)


@pytest.fixture(scope="module")
def napari() -> Iterator[Napari]:
    with running("napari") as napari:
        yield napari


def canvas(picture: Picture) -> Picture:
    return picture[200:520, 600:960]


def test_a_file_dropped_on_napari_is_a_layer_of_its_name_in_the_picture(
    napari: Napari, tab: OpenTab, folder: Path
) -> None:
    file = folder / "cells.tif"
    picture = np.kron(np.indices((8, 8)).sum(0) % 2, np.ones((32, 32))) * 255
    tifffile.imwrite(file, picture.astype(np.uint8), photometric="minisblack")
    page = tab(napari.daemon.page)
    page.shows_desktop()
    until(lambda: page.size() == (1280, 720), 20, "the size of the window")
    assert napari.layers() == {}
    drag(page.page, CANVAS, files=[file])
    layers = until(napari.layers, WITHIN, "a layer")
    assert list(layers) == ["cells"]
    assert layers["cells"]["shape"] == [256, 256]
    placed = napari.data / today() / "cells.tif"
    assert layers["cells"]["path"] == str(placed)
    assert placed.read_bytes() == file.read_bytes()

    def shown() -> bool:
        """Half of the squares are white, half are black."""
        white = (canvas(page.picture()) > 250).all(axis=2).mean()
        black = (canvas(page.picture()) < 5).all(axis=2).mean()
        return 0.4 < white < 0.6 and 0.4 < black < 0.6

    until(shown, WITHIN, "the squares in the picture")
    save(page.picture(), "drop-on-napari")


LINE = """
import sys
from PIL import ImageGrab
picture = ImageGrab.grab(xdisplay="").convert("RGB")
print({picture.getpixel((x, int(sys.argv[1]))) for x in range(picture.width)})
"""


def is_framed(server: Server, y: int) -> bool:
    """Whether this line of the screen goes through the frame that the page draws during a drag."""
    # The accent of the light theme, which Firefox has where nobody chose another.
    return "(31, 95, 184)" in server.run(sys.executable, "-c", LINE, str(y))


def test_a_drop_in_firefox_is_uploaded_and_dropped_and_the_page_stays(
    daemon: Start, folder: Path
) -> None:
    target = Target(daemon, folder)
    file = folder / "zwölf Zellen.tif"
    file.write_bytes(bytes(range(256)) * 9)
    plate = folder / "plate"
    (plate / "well").mkdir(parents=True)
    for number in range(20):
        (plate / "well" / f"{number}.tif").write_bytes(b"%d" % number * number)
    with ExitStack() as stack:
        server = stack.enter_context(x_server("xvfb", Size(1300, 900)))
        server.start("openbox", "--sm-disable")
        stack.enter_context(firefox(server, folder / "profile", target.daemon.page))

        def viewers() -> list[str]:
            return [viewer["id"] for viewer in target.daemon.session()["viewers"]]

        (viewer,) = until(viewers, 60, "a viewer in Firefox")
        dragged = stack.enter_context(shown(server.environment, folder, file, plate))
        dragged.take()
        dragged.move(300, 600)

        def is_invited() -> bool:
            """Firefox takes no drop before the page has seen the drag."""
            dragged.rest()
            return dragged.accepted() and is_framed(server, 600)

        until(is_invited, 60, "a page that takes the files")
        dragged.release()
        (told,) = until(target.drops, 40, "a drop")
        assert {Path(path).name for path in told["files"]} == {file.name, "plate"}
        assert (target.root / today() / file.name).read_bytes() == file.read_bytes()
        for sent in plate.rglob("*.tif"):
            placed = target.root / today() / sent.relative_to(folder)
            assert placed.read_bytes() == sent.read_bytes()
        assert viewers() == [viewer], "the page has been left"

"""Other images than that of napari: slim, the desktop with its tools, and one with plugins.

The variants jupyter and cuda are built and started by the workflows of the CI systems.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from tests.chromium import Tab, save
from tests.container.container import Container
from tests.container.engine import Docker, DockerError
from tests.container.image import build_variant
from tests.container.test_image import HARDENED, count_colours
from tests.daemon import ROOT, until

# Each builds an image; what they have in common is built once.
pytestmark = pytest.mark.timeout(1800)

Start = Callable[..., Container]
OpenTab = Callable[[str], Tab]

TERMINAL = (155, 15)  # its button in the panel, in pixels


def test_slim_has_no_application_but_runs_any(start: Start, docker: Docker, image: str) -> None:
    slim = build_variant(docker, "slim")
    container = start("--no-kiosk", image=slim, options=HARDENED)
    assert container.ready()["app"]["command"] == "xterm"
    with pytest.raises(DockerError, match="No module named 'napari'"):
        container.run("python", "-c", "import napari")
    sizes = [int(docker("image", "inspect", name, "--format={{.Size}}")) for name in (slim, image)]
    assert sizes[0] < 0.7 * sizes[1]


@pytest.mark.parametrize("options", [(), HARDENED], ids=["plain", "hardened"])
def test_the_desktop_with_tools_can_be_worked_with(
    start: Start,
    tab: OpenTab,
    docker: Docker,
    options: tuple[str, ...],
    request: pytest.FixtureRequest,
) -> None:
    container = start("--app", "xterm", image=build_variant(docker, "tools"), options=options)
    page = tab(container.page)
    page.shows_desktop()
    page.shows(size="1280x720", scale="1")
    for program in ("xfce4-terminal", "mousepad", "thunar", "napari"):
        container.run("sh", "-c", f"command -v {program}")
    until(lambda: count_colours(page.picture()[:30, :240]) > 100, 30, "buttons in the panel")
    page.page.mouse.click(*TERMINAL)
    until(lambda: "xfce4-terminal" in names(container), 30, "a terminal")
    save(page.picture(), f"tools-{request.node.callspec.id}")


def names(container: Container) -> set[str]:
    """Names of the processes inside."""
    return set(container.run("sh", "-c", "cat /proc/[0-9]*/comm 2>/dev/null || true").split())


@pytest.fixture
def with_plugins(docker: Docker, image: str) -> Iterator[str]:
    derived = f"{image}-plugins"
    options = ("--network=host", f"--build-arg=BASE={image}", f"--tag={derived}")
    docker("build", *options, "container/derived", seconds=600, folder=ROOT)
    yield derived
    docker("image", "rm", "--force", derived)


def test_a_list_of_plugins_is_enough_for_an_image(
    with_plugins: str, start: Start, tab: OpenTab
) -> None:
    app = "napari /opt/desktopd/samples/cells-2d.tif --with napari-skimage 'Gaussian filter'"
    container = start("--app", app, image=with_plugins, options=HARDENED)
    page = tab(container.page)
    page.shows_desktop()
    page.shows(size="1280x720", scale="1")
    until(lambda: np.unique(page.picture()[200:500, 400:800]).size > 50, 60, "the image")
    # The plugin's panel is where the black canvas would be.
    until(lambda: (page.picture()[60:600, 1100:] == 0).all(axis=-1).mean() < 0.1, 30, "its panel")
    save(page.picture(), "plugins")

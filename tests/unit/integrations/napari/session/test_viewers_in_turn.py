"""Sessions of a script that opens one viewer after the other, each until its user closes it."""

from typing import Any

import numpy as np
import pytest

from tests.unit.integrations.napari.session.running import Napari

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.usefixtures("readings")]


class Script:
    """It shows images, and has labels painted there."""

    def __init__(self, napari: Napari) -> None:
        self._napari = napari
        self.close = napari.close

    def start(self) -> None:
        """Have another process of it, which has shown nothing yet."""
        self._napari.begin()

    def show(self, number: int) -> int:
        """Show an image in a new viewer; gives how much is painted."""

        def add(viewer: Any) -> None:
            viewer.add_image(np.full((9, 9), number), name="img")
            viewer.add_labels(np.zeros((9, 9), int), name="lab")

        self._napari.show(add)
        layers = self._napari.viewer.layers
        assert (layers["img"].data == number).all()
        return int(layers["lab"].data.sum())

    def paint(self, label: int) -> None:
        self._napari.viewer.layers["lab"].data[0, 0] = label
        assert self._napari.save() is None

    @property
    def missing(self) -> list[str]:
        return [one["name"] for one in self._napari.missing]


@pytest.fixture
def script(napari: Napari) -> Script:
    return Script(napari)


def until_the_second(script: Script) -> None:
    """Have the script killed when something is painted on its second image."""
    script.start()
    assert script.show(1) == 0
    script.paint(100)
    script.close()
    assert script.show(2) == 0
    script.paint(200)


def test_a_session_goes_into_the_viewer_that_it_is_of(script: Script) -> None:
    until_the_second(script)
    script.start()
    assert (script.show(1), script.missing) == (0, ["session"])
    script.close()
    assert (script.show(2), script.missing) == (200, [])
    script.close()
    # Its user has ended both.
    script.start()
    assert (script.show(1), script.missing) == (0, [])
    script.close()
    assert (script.show(2), script.missing) == (0, [])


def test_a_session_waits_through_other_ends(script: Script) -> None:
    until_the_second(script)
    for painted in (0, 7, 8):
        script.start()
        assert (script.show(1), script.missing) == (painted, ["session"])
        script.paint(max(7, painted + 1))
    script.start()
    assert script.show(1) == 9
    script.close()
    script.start()
    assert script.show(1) == 0
    script.close()
    assert script.show(2) == 200


def test_a_script_that_leaves_out_what_is_done_goes_on(script: Script) -> None:
    until_the_second(script)
    script.start()
    assert (script.show(2), script.missing) == (200, [])
    script.close()
    assert script.show(3) == 0
    script.paint(300)
    script.start()
    assert (script.show(3), script.missing) == (300, [])

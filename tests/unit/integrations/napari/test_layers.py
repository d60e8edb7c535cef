"""What is told of layers of each kind, and what can be changed of them."""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from desktopd.applications.layer import Layer as Known
from desktopd.integrations.napari.layers import change, describe_all
from desktopd.integrations.napari.protocol import Failure

# What napari's own libraries warn of is not ours to mend.
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from napari import layers
    from napari.components import ViewerModel

pytestmark = pytest.mark.filterwarnings("ignore")

FACES = np.array([[0, 1, 2], [1, 2, 3]])
KINDS: dict[str, Callable[[], Any]] = {
    "image": lambda: layers.Image(np.eye(4)),
    "labels": lambda: layers.Labels(np.eye(4, dtype=int)),
    "points": lambda: layers.Points([[1, 1]]),
    "shapes": lambda: layers.Shapes([np.eye(4, 2)]),
    "surface": lambda: layers.Surface((np.eye(4, 3), FACES)),
    "tracks": lambda: layers.Tracks([[0, 0, 1.0, 1], [0, 1, 2, 2]], colormap="hsv"),
    "vectors": lambda: layers.Vectors(np.ones((3, 2, 2))),
}
COLORMAPS = {"image": "gray", "labels": "label_colormap", "surface": "gray", "tracks": "hsv"}


@pytest.fixture
def viewer() -> ViewerModel:
    viewer = ViewerModel()
    for kind, make in KINDS.items():
        viewer.add_layer(make()).name = kind
    return viewer


def test_each_kind_tells_what_it_is(viewer: ViewerModel) -> None:
    told = [Known.parse(layer) for layer in describe_all(viewer)]
    assert [layer.type for layer in told] == [layer.name for layer in told] == [*KINDS]
    found = {layer.name: layer.colormap for layer in told if layer.colormap is not None}
    assert found == COLORMAPS
    assert all(layer.shape and layer.scale for layer in told)


TAKES_ITS_NAME = ("image", "surface", "tracks")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("value", ["magma", "none of napari", [1], None, {"a": 1}], ids=repr)
def test_a_change_is_made_or_refused(viewer: ViewerModel, kind: str, value: Any) -> None:
    try:
        told = change(viewer, kind, {"colormap": value, "opacity": 0.5})
    except Failure:
        assert (value, kind in TAKES_ITS_NAME) != ("magma", True)
    else:
        assert Known.parse(told).name == kind
        assert kind in COLORMAPS
    assert viewer.layers[kind].opacity == 0.5
    assert len(describe_all(viewer)) == len(KINDS)


class Odd(layers.Points):
    """A layer of a plugin, which tells less of itself than one of napari's."""

    colormap = contrast_limits = property(lambda self: 1 / 0)  # type: ignore[assignment]


def test_a_layer_that_cannot_tell_everything_keeps_no_other_from_it(viewer: ViewerModel) -> None:
    viewer.add_layer(Odd([[1, 1]], name="odd"))
    told = {layer["name"]: layer for layer in describe_all(viewer)}
    assert Known.parse(told["odd"]).shape == (1, 2)
    assert told["odd"]["colormap"] is told["odd"]["contrast_limits"] is None
    assert told["image"]["colormap"] == "gray"
    assert change(viewer, "odd", {"opacity": 0.25})["opacity"] == 0.25

"""What changes in place, of which napari gives no event, is saved all the same."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.unit.integrations.napari.session.running import Napari

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.usefixtures("readings")]


def test_what_gives_no_event_is_saved_where_somebody_waits(napari: Napari) -> None:
    viewer = napari.viewer
    labels = viewer.add_labels(np.zeros((99, 99), int), name="paint", features={"index": [0, 1]})
    points = viewer.add_points(np.zeros((3, 2)), name="points", features={"a": [1.0, 2, 3]})
    image = viewer.add_image(np.zeros((99, 99)), name="image")
    assert napari.save() is None
    labels.data[3, 3] = 7
    labels.features["area"] = [3, 4]
    labels.metadata["who"] = "me"
    points.features.loc[1, "a"] = 99
    points.face_color[1] = [1, 0, 0, 0.5]
    image.data[...] = 0.5
    assert napari.save() is None
    found = napari.saved()
    assert found["paint"].data[3, 3] == 7
    assert [*found["paint"].features.columns] == ["index", "area"]
    assert found["paint"].metadata == {"who": "me"}
    assert [*found["points"].features["a"]] == [1, 99, 3]
    assert [*found["points"].face_color[1]] == [1, 0, 0, 0.5]
    assert found["image"].data.min() == 0.5


IN_PLACE: list[Callable[[Any], Any]] = [
    lambda layer: layer.metadata.update(who="me"),
    lambda layer: layer.features.__setitem__("area", [3, 4, 5]),
    lambda layer: layer.features.__setitem__("a", [3, 4, 5]),
]


def told(layer: Any) -> Any:
    return layer.metadata, layer.features.to_dict()


@pytest.mark.parametrize("change", IN_PLACE)
def test_features_and_metadata_that_give_no_event_are_saved_with_the_next_that_does(
    napari: Napari, change: Callable[[Any], Any]
) -> None:
    layer = napari.viewer.add_points(np.zeros((3, 2)), features={"a": [1.0, 2, 3]})
    first, before = napari.ask()["time"], told(napari.saved()[0])
    change(layer)
    napari.keeper._autosave.changed(None)
    napari.until(lambda: napari.keeper.state["saved"]["time"] != first)
    assert told(napari.saved()[0]) == told(layer) != before

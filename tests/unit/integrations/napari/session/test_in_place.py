"""What is seen of a layer that changes in place."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas
import pytest
from napari import layers

from desktopd.integrations.napari.session.in_place import InPlace

pytestmark = pytest.mark.filterwarnings("ignore")


def points() -> Any:
    columns = {
        "number": [1.0, 2, 3],
        "index": [1, 2, 3],
        "name": ["a", "b", "c"],
        "kind": pandas.Categorical(["a", "b", "a"]),
        "odd": pandas.Series([1, None, "x"], dtype=object),
    }
    return layers.Points(np.zeros((3, 2)), features=columns, metadata={"who": ["me"], "n": 1})


KINDS: dict[str, Callable[[], Any]] = {
    "points": points,
    "none": lambda: layers.Points(),
    "image": lambda: layers.Image(np.eye(3)),
    "labels": lambda: layers.Labels(np.eye(3, dtype=int), features={"index": [0, 1]}),
    "tracks": lambda: layers.Tracks([[0, 0, 1.0, 1], [0, 1, 2, 2]]),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_layer_stays_the_same(kind: str) -> None:
    layer = KINDS[kind]()
    seen = InPlace(layer)
    layer.opacity = 0.25
    assert not seen.is_another(layer)
    # It is looked at again and again.
    assert not InPlace(layer).is_another(layer)


CHANGES: list[Callable[[Any], Any]] = [
    lambda layer: layer.metadata.update(n=2),
    lambda layer: layer.metadata.update(who=["me"]),
    lambda layer: layer.metadata.pop("n"),
    lambda layer: layer.metadata.clear(),
    lambda layer: layer.features.__setitem__("new", 3),
    lambda layer: layer.features.__setitem__("number", [1.0, 2, 3]),
    lambda layer: layer.features.pop("number"),
    lambda layer: layer.features.loc.__setitem__((1, "number"), 9),
    lambda layer: layer.features.loc.__setitem__((1, "index"), 9),
    lambda layer: layer.features.loc.__setitem__((1, "name"), "z"),
    lambda layer: layer.features.loc.__setitem__((0, "kind"), "b"),
    lambda layer: layer.features.loc.__setitem__((0, "odd"), "b"),
    lambda layer: layer.features.rename(columns={"name": "names"}, inplace=True),
    lambda layer: layer.features.drop(index=2, inplace=True),
]


@pytest.mark.parametrize("change", CHANGES)
def test_features_and_metadata_are_seen_to_be_others(change: Callable[[Any], Any]) -> None:
    layer = points()
    seen = InPlace(layer)
    change(layer)
    assert seen.is_another(layer)
    assert not InPlace(layer).is_another(layer)

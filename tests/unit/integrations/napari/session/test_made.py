"""Layers of a script, which makes them again at the next start, and what is told of them."""

import json
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from dask import array as dask

from desktopd.integrations.napari.session import capture as captured
from desktopd.integrations.napari.session.blocks import Blocks
from desktopd.integrations.napari.session.capture import capture
from desktopd.integrations.napari.session.data_as_read import DataAsRead
from desktopd.integrations.napari.session.encode_layer import encode_layer
from desktopd.integrations.napari.session.made import note_made
from tests.unit.integrations.napari.session.restoring import names, restored, saved

# What napari's own libraries warn of is not ours to mend.
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from napari.components import ViewerModel
    from napari.layers import Labels

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.usefixtures("readings")]


@pytest.fixture(autouse=True)
def small_copies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that nobody edits is small enough to be saved."""
    monkeypatch.setattr(captured, "LARGEST_COPY", 0)
    monkeypatch.setattr(captured, "LARGEST_COMPUTED", 0)


def script() -> ViewerModel:
    viewer = ViewerModel()
    viewer.add_image(np.zeros((9, 9)), name="dark")
    viewer.add_image(np.ones((9, 9)), name="bright")
    viewer.add_image(dask.ones((9, 9)), name="lazy")
    viewer.add_labels(dask.zeros((9, 9), dtype=int), name="lazy labels")
    note_made(viewer.layers)
    return viewer


def brightness(viewer: ViewerModel) -> dict[str, float]:
    return {layer.name: float(np.asarray(layer.data).max()) for layer in viewer.layers}


def put_back(document: dict[str, Any], blocks: Blocks) -> tuple[ViewerModel, list[str]]:
    viewer, told, _ = restored(document, blocks, script())
    return viewer, [one["name"] for one in told.missing]


def test_what_was_renamed_is_what_it_was(blocks: Blocks) -> None:
    viewer = script()
    viewer.layers["dark"].name = "t"
    viewer.layers["bright"].name, viewer.layers["lazy"].name = "dark", "raw"
    viewer.layers["t"].name = "bright"
    viewer.layers["raw"].gamma = 0.5
    viewer.layers["lazy labels"].name = "lazy"
    viewer.layers.move(0, 4)
    before = brightness(viewer)
    document = saved(viewer, blocks)
    for _ in range(2):
        viewer, missing = put_back(document, blocks)
        assert (brightness(viewer), names(viewer), missing) == (before, [*before], [])
        assert viewer.layers["raw"].gamma == 0.5
        # The second time what was put back is.
        document = saved(viewer, blocks)


def replace_data(layer: Any) -> None:
    layer.data = layer.data + 5


CHANGES: list[tuple[str, Callable[[Any], None]]] = [
    ("dark", replace_data),
    ("lazy", replace_data),
    ("lazy labels", lambda layer: layer.paint((3, 3), 7)),
]


@pytest.mark.parametrize(("name", "change"), CHANGES)
def test_data_that_took_the_place_of_the_script_s_and_is_not_kept_is_told(
    blocks: Blocks, name: str, change: Callable[[Any], None]
) -> None:
    viewer = script()
    layer = viewer.layers[name]
    origin = DataAsRead(layer)
    change(layer)
    layer.name = "mine"
    document = saved(viewer, blocks, replaced={layer: origin.is_replaced(layer.data)})
    viewer, missing = put_back(document, blocks)
    assert missing == ["mine"]
    assert viewer.layers["mine"].data.max() == script().layers[name].data.max()


def test_a_layer_that_is_not_the_script_s_is_none_of_its_name(blocks: Blocks) -> None:
    viewer = script()
    del viewer.layers["dark"]
    viewer.add_image(np.full((9, 9), 7), name="dark")
    viewer, missing = put_back(saved(viewer, blocks), blocks)
    assert (names(viewer), missing) == (["bright", "lazy", "lazy labels"], ["dark"])


def test_small_data_is_that_of_the_session_whatever_it_is_called(
    blocks: Blocks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    viewer = script()
    viewer.layers["dark"].data = np.full((9, 9), 7.0)
    viewer.layers["dark"].name = "mine"
    before = brightness(viewer)
    document = saved(viewer, blocks)
    for _ in range(2):
        viewer, missing = put_back(document, blocks)
        assert (brightness(viewer), missing) == (before, [])
        document = saved(viewer, blocks)


def test_what_nobody_has_touched_is_what_its_script_makes_of_it_now(
    blocks: Blocks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    viewer = script()
    viewer.layers["dark"].gamma = 0.5
    document = saved(viewer, blocks, untouched=True)
    for _ in range(2):
        viewer = script()
        viewer.layers["dark"].data[:] = 3
        viewer, told, _ = restored(document, blocks, viewer)
        dark = viewer.layers["dark"]
        assert (dark.data.max(), dark.gamma, told.missing) == (3, 0.5, [])
        assert "dark" not in told.unsaved
        document = saved(viewer, blocks, untouched=True)
    viewer, told, _ = restored(document, blocks)
    assert viewer.layers["dark"].data.max() == 3, "it is kept for where no script makes it"


def replaced_data(layer: Any) -> None:
    layer.data = layer.data + 1


def written_data(layer: Any) -> None:
    layer.data[0] = 5


@pytest.mark.parametrize("kind", ["image", "labels"])
@pytest.mark.parametrize("change", [lambda layer: None, replaced_data, written_data])
def test_only_what_nobody_edits_and_is_what_it_was_first_is_untouched(
    blocks: Blocks, kind: str, change: Callable[[Any], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    viewer = ViewerModel()
    layer = getattr(viewer, f"add_{kind}")(np.zeros((9, 9), int), name="made")
    note_made(viewer.layers)
    origin = DataAsRead(layer)
    first = encode_layer(capture(layer, replaced=False), blocks)
    change(layer)
    layer.opacity = 0.5
    taken = capture(layer, replaced=origin.is_replaced(layer.data))
    record = json.loads(encode_layer(taken, blocks, first).text)
    is_same = change not in (replaced_data, written_data)
    assert record["untouched"] == (kind == "image" and is_same)


def test_an_older_session_knows_a_script_s_layer_by_its_name(blocks: Blocks) -> None:
    document = saved(script(), blocks)
    for record in document["layers"]:
        del record["made"], record["filed"]
    viewer, missing = put_back(document, blocks)
    # Nobody has noted whether this is the data that they had.
    assert names(viewer) == missing == names(script())


@pytest.mark.parametrize("made", [3, {}, {"name": 3}, [], {"name": "no"}], ids=repr)
def test_a_note_that_is_none_keeps_no_layer_from_coming_back(blocks: Blocks, made: Any) -> None:
    document = saved(script(), blocks)
    document["layers"][0]["made"] = made
    viewer, missing = put_back(document, blocks)
    assert (names(viewer), missing) == (["bright", "lazy", "lazy labels"], ["dark"])


class Odd(Labels):
    """As a plugin's layer may be, which was made for another napari."""

    @property
    def source(self) -> Any:
        raise RuntimeError


def test_a_layer_that_does_not_tell_from_where_it_is_keeps_no_other_from_coming_back(
    blocks: Blocks,
) -> None:
    viewer = script()
    viewer.layers["dark"].gamma = 0.5
    document, viewer = saved(viewer, blocks), ViewerModel()
    odd = viewer.add_layer(Odd(np.zeros((9, 9), int), name="odd"))
    viewer.add_image(np.zeros((9, 9)), name="dark")
    viewer, _, _ = restored(document, blocks, viewer)
    assert viewer.layers["dark"].gamma == 0.5
    assert odd in viewer.layers

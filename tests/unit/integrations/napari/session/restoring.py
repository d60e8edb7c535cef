"""Sessions of a napari without a window, saved, and put back into another one."""

import json
import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np

from desktopd.integrations.napari.session.blocks import Blocks
from desktopd.integrations.napari.session.capture import capture
from desktopd.integrations.napari.session.each import settled
from desktopd.integrations.napari.session.encode_layer import encode_layer
from desktopd.integrations.napari.session.restore import Restoring
from desktopd.integrations.napari.session.restored import Restored
from desktopd.integrations.napari.session.viewed import capture_view

# What napari's own libraries warn of is not ours to mend.
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from napari.components import ViewerModel

RNG = np.random.default_rng(3)


def saved(
    viewer: ViewerModel,
    blocks: Blocks,
    *,
    replaced: Mapping[Any, bool] | None = None,
    untouched: bool = False,
) -> dict[str, Any]:
    """The document of a viewer, in which the data of some layers was `replaced`.

    But where it is `untouched`, somebody has written into arrays since they were first saved.
    """
    replaced = replaced or {}
    taken = [capture(layer, replaced=replaced.get(layer, False)) for layer in viewer.layers]
    records = [json.loads(encode_layer(layer, blocks).text) for layer in taken]
    for record in records:
        record["untouched"] &= untouched
    document = {"layers": records, "view": settled(capture_view(viewer), None)[0]}
    return json.loads(json.dumps(document))  # type: ignore[no-any-return]


def restored(
    document: dict[str, Any],
    blocks: Blocks,
    viewer: ViewerModel | None = None,
    *,
    same_command: bool = True,
) -> tuple[ViewerModel, Restored, list[dict[str, Any]]]:
    """A viewer with the session, what is told of it, and what is kept for another time."""
    viewer = viewer or ViewerModel()
    restoring = Restoring(viewer, blocks, same_command=same_command)
    told = restoring.run(document)
    return viewer, told, restoring.unrestored


def names(viewer: ViewerModel) -> list[str]:
    return [layer.name for layer in viewer.layers]

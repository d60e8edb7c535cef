"""How layers were read, so that they can be read again: of all that, a layer knows its first file.

Tested by tests/unit/integrations/napari/session/test_restore.py.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any
from weakref import WeakKeyDictionary

from desktopd.integrations.napari.layers import absolute

INDEX = "index"
"""Key of a source: which of the layers that one reading gives this one is, the first being 0."""

_readings: WeakKeyDictionary[Any, dict[str, Any]] = WeakKeyDictionary()


def note_readings() -> None:
    """Note from now on how each layer is read, in any viewer."""
    from napari.components import ViewerModel

    for name, noted in (
        ("_add_layers_with_plugins", _files_noted),
        ("open_sample", _sample_noted),
    ):
        # Another napari may do it in another way.
        if hasattr(ViewerModel, name):
            setattr(ViewerModel, name, noted(getattr(ViewerModel, name)))


def note_reading(layer: Any, source: Mapping[str, Any]) -> None:
    """Note that `layer`, which was made anew, has come from where `source_of` gave `source`."""
    _readings[layer] = {k: v for k, v in source.items() if k not in ("path", "plugin", "sample")}


def source_of(layer: Any) -> dict[str, Any] | None:
    """What `read` needs to have a layer once more, as JSON; None for one that was not read."""
    source = layer.source
    noted = _readings.get(layer, {})
    if source.path:
        return {"path": absolute(source.path), "plugin": source.reader_plugin, **noted}
    if source.sample:
        return {"sample": list(source.sample), **noted}
    return None


def reading_of(source: Mapping[str, Any]) -> dict[str, Any]:
    """What all layers of one reading have in common."""
    return {key: value for key, value in source.items() if key != INDEX}


def read(viewer: Any, source: Mapping[str, Any]) -> list[Any]:
    """Add the layers of a source to a viewer, and give them."""
    options = source.get("options", {})
    if "sample" in source:
        return list(viewer.open_sample(*source["sample"], **options))
    added = viewer.open(
        source.get("stack", source["path"]),
        stack="stack" in source,
        plugin=source["plugin"],
        layer_type=source.get("layer_type"),
        **options,
    )
    return list(added)


def _files_noted(add: Callable[..., list[Any]]) -> Callable[..., list[Any]]:
    @wraps(add)
    def noted(viewer: Any, paths: Sequence[str], **options: Any) -> list[Any]:
        added = add(viewer, paths, **options)
        _note(added, _told(paths, options))
        return added

    return noted


def _sample_noted(open_sample: Callable[..., list[Any]]) -> Callable[..., list[Any]]:
    @wraps(open_sample)
    def noted(viewer: Any, *sample: Any, **options: Any) -> list[Any]:
        added = open_sample(viewer, *sample, **options)
        kept = _plain(options)
        # One that lies in a file was noted as that was read.
        if not any(layer.source.path for layer in added):
            _note(added, {"options": kept} if kept else {})
        return added

    return noted


def _note(added: Sequence[Any], told: Mapping[str, Any]) -> None:
    for index, layer in enumerate(added):
        _readings[layer] = {**told, INDEX: index}


def _told(paths: Sequence[str], options: Mapping[str, Any]) -> dict[str, Any]:
    """What of a call to `Viewer.open` is no default."""
    told: dict[str, Any] = {}
    if options.get("stack"):
        told["stack"] = [absolute(path) for path in paths]
    if options.get("layer_type"):
        told["layer_type"] = str(options["layer_type"])
    if kept := _plain(options.get("kwargs") or {}):
        told["options"] = kept
    return told


def _plain(options: Mapping[str, Any]) -> dict[str, Any]:
    """Those that JSON can hold: numbers, words, and lists of them."""
    found = {}
    for name, value in options.items():
        try:
            found[name] = json.loads(json.dumps(value))
        except (TypeError, ValueError, RecursionError):
            continue
    return found

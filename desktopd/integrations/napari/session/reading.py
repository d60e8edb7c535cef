"""How layers were read, so that they can be read again: of all that, a layer knows its first file.

Tested by tests/browser/test_companion_session.py.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from desktopd.integrations.napari.layers import absolute

_options: WeakKeyDictionary[Any, dict[str, Any]] = WeakKeyDictionary()


def note_readings() -> None:
    """Note from now on how each layer is read, in any viewer."""
    from napari.components import ViewerModel

    add = getattr(ViewerModel, "_add_layers_with_plugins", None)
    if add is None:
        return

    def noted(viewer: Any, paths: Sequence[str], **options: Any) -> list[Any]:
        added: list[Any] = add(viewer, paths, **options)
        told = _told(paths, options)
        _options.update((layer, told) for layer in added)
        return added

    ViewerModel._add_layers_with_plugins = noted


def source_of(layer: Any) -> dict[str, Any] | None:
    """What `read` needs to have a layer once more, as JSON; None for one that was not read."""
    source = layer.source
    if source.path:
        told = {"path": absolute(source.path), "plugin": source.reader_plugin}
        return {**told, **_options.get(layer, {})}
    if source.sample:
        return {"sample": list(source.sample)}
    return None


def read(viewer: Any, source: Mapping[str, Any]) -> list[Any]:
    """Add the layers of a source to a viewer, and give them."""
    if "sample" in source:
        return list(viewer.open_sample(*source["sample"]))
    added = viewer.open(
        source.get("stack", source["path"]),
        stack="stack" in source,
        plugin=source["plugin"],
        layer_type=source.get("layer_type"),
        **source.get("options", {}),
    )
    return list(added)


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

"""Puts a saved session back into a viewer that has done what its command line asked for.

Tested by tests/browser/test_companion_session.py.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from desktopd.integrations.napari import layers
from desktopd.integrations.napari.protocol import told
from desktopd.integrations.napari.session.blocks import Blocks
from desktopd.integrations.napari.session.capture import EDITABLE, restore_view
from desktopd.integrations.napari.session.overlays import restore_overlays
from desktopd.integrations.napari.session.reading import read, source_of
from desktopd.integrations.napari.session.values import decode

log = logging.getLogger(__name__)

CONSTRUCTED = frozenset({"metadata", "rgb", "multiscale", "ndim", "locked_data_level"})
"""What a layer gets as it is made, and keeps."""


class NotRestored(Exception):
    """A layer cannot be had again; says why."""


@dataclass
class Restored:
    """What is back, by name, and what is not, with the reason.

    `unsaved` are layers whose data the session itself has kept, with what no file has of them.
    """

    layers: list[str] = field(default_factory=list)
    unsaved: list[str] = field(default_factory=list)
    camera: bool = False
    missing: list[dict[str, str]] = field(default_factory=list)


class Restoring:
    """One session on its way back. `same_command`: the viewer was started as the saved one was."""

    def __init__(self, viewer: Any, blocks: Blocks, *, same_command: bool) -> None:
        self._viewer = viewer
        self._blocks = blocks
        self._found = list(viewer.layers)
        self._superfluous = list(viewer.layers) if same_command else []
        self._opened: set[str] = set()
        self._restored = Restored()

    def run(self, document: Mapping[str, Any]) -> Restored:
        """Put back the layers in their order, and the view; what fails is told in the answer."""
        back = []
        for record in document["layers"]:
            try:
                layer = self._layer(record)
            except NotRestored as error:
                self._miss(record["name"], str(error))
            except Exception as error:
                log.warning("desktopd: layer %r is not restored", record["name"], exc_info=True)
                self._miss(record["name"], f"{type(error).__name__}: {error}")
            else:
                back.append((layer, record["name"]))
                self._restored.layers.append(told(record["name"]))
                if record["data"] is not None:
                    self._restored.unsaved.append(told(record["name"]))
        for layer in self._superfluous:
            self._viewer.layers.remove(layer)
        self._order([layer for layer, _ in back])
        for layer, name in back:
            layer.name = name
        restore_view(self._viewer, document["view"])
        self._restored.camera = True
        return self._restored

    def _miss(self, name: str, reason: str) -> None:
        self._restored.missing.append({"name": told(name), "reason": told(reason)})

    def _layer(self, record: Mapping[str, Any]) -> Any:
        state = decode(record["state"], self._blocks)
        layer = self._match(record)
        if record["data"] is not None:
            self._drop(layer)
            layer = self._create(record, state)
        else:
            layer = layer or self._open(record)
            self._keep(layer)
            _apply(layer, {k: v for k, v in state.items() if k not in CONSTRUCTED})
        _apply(layer, decode(record["besides"], self._blocks))
        restore_overlays(layer, record.get("overlays", {}))
        return layer

    def _create(self, record: Mapping[str, Any], state: dict[str, Any]) -> Any:
        from napari.layers import Layer

        # Data that took the place of a file's are in no file.
        with _source(record["source"] if record["type"] in EDITABLE else None):
            layer = Layer.create(decode(record["data"], self._blocks), state, record["type"])
        return self._viewer.add_layer(layer)

    def _match(self, record: Mapping[str, Any]) -> Any:
        """A layer of the viewer that is the recorded one as its file has it; None without one."""
        alike = [
            layer
            for layer in self._found
            if source_of(layer) == record["source"] and layers.kind(layer) == record["type"]
        ]
        if record["source"] is None:
            return next((layer for layer in alike if layer.name == record["name"]), None)
        if record["data"] is None:
            alike = [layer for layer in alike if layers.shape(layer) == record["shape"]]
        named = (layer for layer in alike if layer.name == record["name"])
        return next(named, alike[0] if alike else None)

    def _open(self, record: Mapping[str, Any]) -> Any:
        """Read a layer's source again, once for all layers from there."""
        source = record["source"]
        if record["lost"]:
            raise NotRestored(record["lost"])
        key = repr(sorted(source.items()))
        if key not in self._opened:
            self._opened.add(key)
            added = read(self._viewer, source)
            self._found += added
            self._superfluous += added
        layer = self._match(record)
        if layer is None:
            raise NotRestored(f"{source.get('path') or source['sample']} holds no such layer")
        return layer

    def _keep(self, layer: Any) -> None:
        for candidates in (self._found, self._superfluous):
            if layer in candidates:
                candidates.remove(layer)

    def _drop(self, layer: Any) -> None:
        if layer is not None:
            self._keep(layer)
            self._viewer.layers.remove(layer)

    def _order(self, back: list[Any]) -> None:
        """Put the layers into their order, above those that were not in the session."""
        for layer in back:
            self._viewer.layers.move(self._viewer.layers.index(layer), len(self._viewer.layers))


def _apply(layer: Any, state: Mapping[str, Any]) -> None:
    """Set attributes; those that this napari does not take stay as they are."""
    for name, value in state.items():
        if not hasattr(type(layer), name) or _is_chosen(layer, name, value):
            continue
        try:
            setattr(layer, name, value)
        except (AttributeError, ValueError, TypeError) as error:
            log.info("desktopd: %s of %r stays: %s", name, layer.name, error)


def _is_chosen(layer: Any, name: str, value: Any) -> bool:
    """Whether a choice by name is made already.

    To make it again is no change, and yet a control that two choices share (as interpolation2d and
    interpolation3d do) would then show the other one.
    """
    return isinstance(value, str) and str(getattr(layer, name)) == value


@contextlib.contextmanager
def _source(source: Mapping[str, Any] | None) -> Iterator[None]:
    """Have layers that are made in a block tell from where they once were read."""
    if source is None or "path" not in source:
        yield
        return
    from napari.layers._source import layer_source

    with layer_source(path=source["path"], reader_plugin=source["plugin"]):
        yield

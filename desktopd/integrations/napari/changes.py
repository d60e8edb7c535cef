"""Tells of every change of a viewer that somebody outside may want to know of."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from desktopd.integrations.napari.main_thread import MainThread
from desktopd.integrations.napari.session.overlays import overlays_of
from desktopd.integrations.napari.view import camera_of, grid_of

IGNORED = frozenset({"status", "help", "cursor", "cursor_size", "highlight", "loaded", "thumbnail"})
"""Events of a layer after which nothing but the screen is different."""

Handler = Callable[[Any], None]


class Changes:
    """Follows one viewer: handlers get the layer that changed, or None for the viewer itself.

    Handlers are called in the main thread, whichever thread an event comes from.
    """

    def __init__(self, main: MainThread) -> None:
        self._main = main
        self._handlers: list[Handler] = []
        self._layers: dict[int, Any] = {}

    def add(self, handler: Handler) -> None:
        """Call `handler` from now on."""
        self._handlers.append(handler)

    def follow(self, viewer: Any) -> None:
        """Hear of `viewer`, of its layers and of those that will come."""
        self._viewer = viewer
        viewer.layers.events.connect(self._on_list)
        viewer.layers.selection.events.connect(self._on_viewer)
        viewer.events.title.connect(self._on_viewer)
        viewer.dims.events.connect(self._on_viewer)
        camera_of(viewer).events.connect(self._on_viewer)
        grid_of(viewer).events.connect(self._on_viewer)
        for overlay in overlays_of(viewer).values():
            overlay.events.connect(self._on_viewer)
        self._on_list()

    def _on_list(self, event: Any = None) -> None:
        now = {id(layer): layer for layer in self._viewer.layers}
        for key in self._layers.keys() - now.keys():
            self._layers.pop(key).events.disconnect(self._on_layer)
        for key in now.keys() - self._layers.keys():
            self._layers[key] = now[key]
            now[key].events.connect(self._on_layer)
            for overlay in overlays_of(now[key]).values():
                overlay.events.connect(partial(self._on_overlay, key))
            self._tell(now[key])
        self._tell(None)

    def _on_viewer(self, event: Any) -> None:
        self._tell(None)

    def _on_layer(self, event: Any) -> None:
        if event.type not in IGNORED and not event.type.startswith("_"):
            self._tell(event.source)

    def _on_overlay(self, key: int, event: Any) -> None:
        if key in self._layers:
            self._tell(self._layers[key])

    def _tell(self, layer: Any) -> None:
        if not self._main.is_current:
            self._main.post(lambda: self._tell(layer))
            return
        for handler in self._handlers:
            handler(layer)

"""The canvas's place on its X window, painted without the composition of Qt.

Qt composes the whole window with OpenGL for each picture of a QOpenGLWidget, which without a GPU
takes a core more time than a coarse picture does. Tested by tests/x11/test_motion.py.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qtpy.QtCore import QPoint, QRect, QRectF
from qtpy.QtGui import QBackingStore, QGuiApplication, QImage, QPainter, QRegion

from desktopd.integrations.napari.motion.composition import Composition

SMALL = 0.15
"""Of a window: what is painted of the widgets around the one that the user holds."""


class WindowSurface:
    """That of `native`, the QOpenGLWidget of a vispy canvas.

    `stale` is called when Qt is about to compose the window, before which the framebuffer of the
    canvas must hold what was painted here; `waits` tells whether that may wait. Meanwhile the
    widget that the user holds is painted here too, and `sliders`.
    """

    def __init__(
        self, native: Any, stale: Callable[[], None], waits: Callable[[], bool], sliders: Any
    ) -> None:
        self._native = native
        self._sliders = sliders
        self.composition = Composition(stale, waits, self._paint_live)
        self._store: QBackingStore | None = None

    def takes(self) -> bool:
        """Whether a picture can be painted so: on an X window, which Qt has composed before."""
        if QGuiApplication.platformName() != "xcb" or not self._native.isVisible():
            return False
        window = self._window()
        return window is not None and window.isExposed() and not self._free().isEmpty()

    def paint(self, picture: QImage) -> None:
        """Show a picture, as large as the canvas is."""
        store, place, free = self._backing_store(), self._place(), self._free()
        store.beginPaint(free)
        painter = QPainter(store.paintDevice())
        painter.setClipRegion(free)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(QRectF(place), picture, QRectF(picture.rect()))
        painter.end()
        store.endPaint()
        store.flush(free)
        self._paint_live()

    def _paint_live(self) -> None:
        """Show the widgets that change with each picture as they are."""
        if not (self.composition.wanted and self.takes()):
            return
        store = self._backing_store()
        store.beginPaint(QRegion(QRect(QPoint(0, 0), store.size())))
        region = QRegion()
        for widget in self._live():
            region += self._render(widget, store.paintDevice())
        store.endPaint()
        store.flush(region)

    def _live(self) -> list[Any]:
        """The widgets that change with each picture, if they are seen."""
        holder, held = self._holder(), self.composition.held
        found = [self._sliders]
        if held is not None and held is not self._native and not self._sliders.isAncestorOf(held):
            # Its neighbours say its value.
            around = held.parentWidget()
            small = around.width() * around.height() < SMALL * holder.width() * holder.height()
            found.append(around if small else held)
        return [widget for widget in found if widget.window() is holder and widget.isVisible()]

    def _render(self, widget: Any, device: Any) -> QRegion:
        """Paint a widget in its place; returns that."""
        region = widget.visibleRegion()
        corner = widget.mapTo(self._holder(), QPoint(0, 0))
        widget.render(device, corner, region)
        return region.translated(corner)

    def _backing_store(self) -> QBackingStore:
        """That of the window of now: a canvas can be put into another one."""
        window, store = self._window(), self._store
        if store is None or store.window() is not window:
            self._store = store = self._follow(window)
        if store.size() != window.size():
            store.resize(window.size())
        return store

    def _follow(self, window: Any) -> QBackingStore:
        self.composition.follow(window, self._holder())
        return QBackingStore(window)

    def _holder(self) -> Any:
        """The widget whose X window the canvas is seen on."""
        native = self._native
        return native if native.windowHandle() else native.nativeParentWidget()

    def _window(self) -> Any:
        holder = self._holder()
        return None if holder is None else holder.windowHandle()

    def _place(self) -> QRect:
        native, holder = self._native, self._holder()
        return QRect(native.mapTo(holder, QPoint(0, 0)), native.size())

    def _free(self) -> QRegion:
        """What of the window shows the canvas, and no widget above it."""
        native, holder = self._native, self._holder()
        free = QRegion(native.visibleRegion().translated(self._place().topLeft()))
        widget = native
        covers = [child for child in native.children() if child.isWidgetType()]
        while widget is not holder:
            siblings = widget.parentWidget().children()
            covers += [other for other in siblings if other.isWidgetType() and other is not widget]
            widget = widget.parentWidget()
        for cover in covers:
            if cover.isVisible() and not cover.isWindow():
                free -= QRegion(QRect(cover.mapTo(holder, QPoint(0, 0)), cover.size()))
        return free

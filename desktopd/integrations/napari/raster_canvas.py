"""napari's canvas as a widget that Qt paints like any other, where OpenGL is software anyway.

A QOpenGLWidget has Qt compose its whole window with OpenGL whenever any widget of that window is
painted, a button below the pointer as well as the canvas. Without a GPU this takes a core as long
as a frame may. Tested by tests/x11/test_motion.py.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from qtpy.QtCore import QEvent, QRectF, Qt, Signal
from qtpy.QtGui import (
    QImage,
    QOffscreenSurface,
    QOpenGLContext,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QSurfaceFormat,
)
from qtpy.QtWidgets import QWidget
from vispy.app import use_app
from vispy.app.backends import _qt as vispy_qt
from vispy.gloo import gl

from desktopd.integrations.napari.offscreen_picture import OffscreenPicture

SOFTWARE = ("llvmpipe", "softpipe", "swrast", "lavapipe")


def install() -> None:
    """Have the canvases of vispy's Qt backend made so from now on, where Mesa draws."""
    backend = use_app().backend_module
    composed = backend.CanvasBackend

    def make(canvas: Any, **options: Any) -> Any:
        return (RasterCanvas if is_software(renderer()) else composed)(canvas, **options)

    backend.CanvasBackend = make


def is_software(renderer: str) -> bool:
    """Whether OpenGL's name for what draws is that of a renderer without a GPU."""
    return any(name in renderer for name in SOFTWARE)


@cache
def renderer() -> str:
    """OpenGL's name for what draws in this process; empty where there is no OpenGL.

    Asked once: a context of its own takes longer than a frame, and each viewer has a canvas.
    """
    context, surface = QOpenGLContext(), QOffscreenSurface()
    surface.create()
    if not context.create() or not context.makeCurrent(surface):
        return ""
    try:
        return str(gl.glGetParameter(gl.GL_RENDERER))
    finally:
        context.doneCurrent()


class RasterCanvas(vispy_qt.QtBaseCanvasBackend, QWidget):  # type: ignore[misc]
    """A canvas backend of vispy, with the signals and the methods of a QOpenGLWidget.

    vispy draws into a framebuffer, whose pixels are kept until the scene changes.
    """

    resized = Signal()
    frameSwapped = Signal()  # noqa: N815 - as QOpenGLWidget names it

    def _init_specific(self, options: Any, rest: dict[str, Any]) -> None:
        rest.pop("shareWidget", None)
        wanted = vispy_qt._set_config(options.context.config)
        options.context.shared.add_ref("qt", self)
        QWidget.__init__(self, options.parent)
        self._context, self._surface = QOpenGLContext(), QOffscreenSurface()
        self._context.setFormat(wanted)
        first = options.context.shared.ref
        share = QOpenGLContext.globalShareContext() if first is self else first.context()
        if share is not None:
            self._context.setShareContext(share)
        self._surface.setFormat(wanted)
        self._surface.create()
        if not self._context.create() or not self._context.makeCurrent(self._surface):
            raise RuntimeError("OpenGL makes no context for the canvas")
        self._begun = False
        self._own: OffscreenPicture | None = None
        self._shown: OffscreenPicture | None = None
        self._image, self._image_is_own = QImage(), False
        self._stale = True
        self.draws_for_screen = False
        """Whether what vispy draws now is for the screen, and not for a screenshot."""
        self.setFocusPolicy(Qt.FocusPolicy.WheelFocus)
        self._initialized = True

    def context(self) -> QOpenGLContext:
        """As that of QOpenGLWidget."""
        return self._context

    def format(self) -> QSurfaceFormat:
        """As that of QOpenGLWidget."""
        return self._context.format()

    def isValid(self) -> bool:  # noqa: N802
        """As that of QOpenGLWidget."""
        return bool(self._context.isValid())

    def makeCurrent(self) -> None:  # noqa: N802
        """As that of QOpenGLWidget."""
        self._context.makeCurrent(self._surface)
        if self._own is not None:
            self._own.bind()

    def doneCurrent(self) -> None:  # noqa: N802
        """As that of QOpenGLWidget."""
        self._context.doneCurrent()

    def defaultFramebufferObject(self) -> int:  # noqa: N802
        """As that of QOpenGLWidget."""
        return 0 if self._own is None else self._own.handle

    def grabFramebuffer(self) -> QImage:  # noqa: N802
        """As that of QOpenGLWidget: the scene is drawn anew."""
        return self._drawn()

    def show_picture(self, picture: OffscreenPicture) -> None:
        """Show `picture`, stretched over the canvas, instead of what is in the canvas's own one."""
        self._shown = picture

    def _drawn(self) -> QImage:
        self._fit()
        self._shown = self._own
        self._vispy_canvas.set_current()
        self._vispy_canvas.events.draw(region=None)
        self._vispy_canvas.context.flush_commands()
        assert self._shown is not None
        return self._shown.image()

    def _fit(self) -> None:
        """See that there is a framebuffer as large as the canvas."""
        size = self._pixels()
        if self._own is None or self._own.size != size:
            self._context.makeCurrent(self._surface)
            self._own = OffscreenPicture(*size)
        if not self._begun:
            self._begun = True
            self._vispy_canvas.set_current()
            self._vispy_canvas.events.initialize()

    def _pixels(self) -> tuple[int, int]:
        ratio = self.devicePixelRatioF()
        return max(1, int(self.width() * ratio)), max(1, int(self.height() * ratio))

    def resizeGL(self, width: int, height: int) -> None:  # noqa: N802 - vispy calls it
        """Tell vispy of another size, in device-independent pixels."""
        if self._vispy_canvas is None:
            return
        self._stale = True
        self._fit()
        pixels = self._pixels()
        self._vispy_set_physical_size(*pixels)
        self._vispy_canvas.set_current()
        self._vispy_canvas.events.resize(size=(width, height), physical_size=pixels)

    def event(self, event: QEvent) -> bool:
        """Stay opaque, else Qt paints four widgets below this one: a style sheet ends that."""
        heard = bool(super().event(event))
        if event.type() in (QEvent.Type.Polish, QEvent.Type.StyleChange):
            self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        return heard

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Follow the size. As a QOpenGLWidget does, it draws at once: what napari exports next is
        laid out by this drawing. One without room keeps the last size: napari divides by it, and
        its camera would be nowhere for good.
        """
        if event.size().isEmpty():
            return
        self.resizeGL(event.size().width(), event.size().height())
        if self.isVisible() and self._vispy_canvas is not None:
            self._for_screen()
        self.resized.emit()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Paint what was drawn of this scene, or draw it."""
        if self._vispy_canvas is None:
            return
        painter = QPainter(self)
        # QWidget.grab paints on a pixmap, which knows nothing of who paints it.
        grabbed = not painter.paintEngine().paintDevice().paintingActive()
        as_shown = not grabbed or (self._image_is_own and not self._stale)
        image = self._for_screen() if as_shown else self.grabFramebuffer()
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(QRectF(self.rect()), image, QRectF(image.rect()))
        painter.end()

    def _for_screen(self) -> QImage:
        if self._stale:
            # The scene may change while it is drawn.
            self._stale, self.draws_for_screen = False, True
            try:
                self._image = self._drawn()
                self._image_is_own = self._shown is self._own
            finally:
                self.draws_for_screen = False
            self.frameSwapped.emit()
        return self._image

    def _vispy_update(self) -> None:
        self._stale = True
        self.update()

    def _vispy_set_current(self) -> None:
        if self._vispy_canvas is not None:
            self.makeCurrent()

    def _vispy_swap_buffers(self) -> None:
        """Nothing is swapped: Qt takes the pixels."""

    def _vispy_get_fb_bind_location(self) -> int:
        return self.defaultFramebufferObject()

    def _vispy_close(self) -> None:
        self.close()
        self._context.makeCurrent(self._surface)
        self._own = self._shown = None
        self._context.doneCurrent()

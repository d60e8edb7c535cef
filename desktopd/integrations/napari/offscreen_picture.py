"""Framebuffers like that of the canvas, drawn into by vispy and copied to what is shown.

Tested by tests/x11/test_motion.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from qtpy.QtCore import QRect
from qtpy.QtGui import QImage
from qtpy.QtOpenGL import QOpenGLFramebufferObject, QOpenGLFramebufferObjectFormat

GL_COLOR_BUFFER_BIT = 0x4000
GL_NEAREST, GL_LINEAR = 0x2600, 0x2601


class OffscreenPicture:
    """One of `width` x `height` pixels.

    To be made, used and left to the garbage while the context of the canvas is current.
    """

    def __init__(self, width: int, height: int) -> None:
        wanted = QOpenGLFramebufferObjectFormat()
        wanted.setAttachment(QOpenGLFramebufferObject.Attachment.CombinedDepthStencil)
        self._object = QOpenGLFramebufferObject(width, height, wanted)
        if not self._object.isValid():
            raise RuntimeError(f"OpenGL makes no framebuffer of {width}x{height} pixels")
        self.size = width, height

    @property
    def handle(self) -> int:
        """OpenGL's number for it."""
        return int(self._object.handle())

    def bind(self) -> None:
        """Have OpenGL draw into it."""
        self._object.bind()

    @contextmanager
    def drawn_into(self, scene: Any) -> Iterator[None]:
        """Have vispy take this for the canvas's own framebuffer."""
        native = scene.native
        native._vispy_get_fb_bind_location = self._object.handle
        scene.set_current()
        try:
            yield
            scene.context.flush_commands()
        finally:
            del native._vispy_get_fb_bind_location
            scene.set_current()

    def show(self, scene: Any) -> None:
        """Copy it to the framebuffer of the canvas, as large as that is."""
        width, height = scene.physical_size
        same = self.size == (width, height)
        scene.context.flush_commands()
        QOpenGLFramebufferObject.blitFramebuffer(
            None,
            QRect(0, 0, width, height),
            self._object,
            QRect(0, 0, *self.size),
            GL_COLOR_BUFFER_BIT,
            GL_NEAREST if same else GL_LINEAR,
        )

    def image(self) -> QImage:
        """Its pixels, as opaque as those of a window."""
        read = self._object.toImage(True)
        # The colours are not to be divided by what is left of the alpha.
        read.reinterpretAsFormat(QImage.Format.Format_RGB32)
        return read

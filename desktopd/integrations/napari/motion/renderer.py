"""What draws OpenGL's pictures: a chip, or the cores. Tested by tests/x11/test_motion.py."""

from __future__ import annotations

from vispy.gloo import gl

SOFTWARE = ("llvmpipe", "softpipe", "swrast", "lavapipe")


class CanvasRenderer:
    """That of one context, which must be current when `is_software` is asked first."""

    def __init__(self) -> None:
        self._name = ""

    @property
    def is_software(self) -> bool:
        """Whether the cores draw."""
        if not self._name:
            self._name = str(gl.glGetParameter(gl.GL_RENDERER))
        return self.known_as_software

    @property
    def known_as_software(self) -> bool:
        """The same, and False before it was ever asked."""
        return any(name in self._name for name in SOFTWARE)

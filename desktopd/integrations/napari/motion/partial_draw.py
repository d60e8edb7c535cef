"""Some of the primitives, or of the instances, that a command of vispy's GLIR draws.

Tested by tests/x11/test_motion.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from vispy.gloo import gl

from desktopd.integrations.napari.motion.pieces import MANY, PATTERNS, Parts, primitives

BYTES = {"UNSIGNED_BYTE": 1, "UNSIGNED_SHORT": 2, "UNSIGNED_INT": 4}


class PartialDraw:
    """A ``DRAW`` for `parser`: its words are the program, the mode, what to draw, instances."""

    def __init__(self, parser: Any, words: tuple[Any, ...]) -> None:
        _, program, self._mode, self._selection, self._instances = words
        self._parser = parser
        self._words = words
        self._program = parser.get_object(program)
        self._own, self._shared = PATTERNS.get(self._mode, (0, 0))

    @property
    def many(self) -> bool:
        """Whether it is to be cut by primitives or instances."""
        return self._count >= MANY

    def parts(self, seconds: float) -> Parts:
        """Those that take about `seconds` each."""
        return primitives(self._count, seconds)

    def draw(self, first: int, count: int) -> None:
        """Draw some of them."""
        if self._instances > 1:
            with self._from_instance(first):
                self._parse(self._selection, count)
            return
        start, size = first * self._own, count * self._own + self._shared
        if len(self._selection) == 2:
            self._parse((self._selection[0] + start, size), 1)
        else:
            self._draw_indexed(start, size)

    @property
    def _count(self) -> int:
        if self._instances > 1:
            divisors = {d for *_, d in self._program._attributes.values() if d}
            return self._instances if divisors == {1} else 0
        return (self._selection[-1] - self._shared) // self._own if self._own else 0

    def _parse(self, selection: tuple[Any, ...], instances: int) -> None:
        # vispy draws one instance as none: attributes of an instance are read at the first.
        self._parser.parse([(*self._words[:3], selection, instances)])

    def _draw_indexed(self, start: int, size: int) -> None:
        buffer, kind, _ = self._selection
        indices = self._parser.get_object(buffer)
        self._program._pre_draw()
        indices.activate()
        gl.glDrawElements(_mode(self._mode), size, getattr(gl, "GL_" + kind), start * BYTES[kind])
        indices.deactivate()
        self._program._post_draw()

    @contextmanager
    def _from_instance(self, first: int) -> Iterator[None]:
        """Have the instances counted from `first`: their attributes are read from there on."""
        attributes = self._program._attributes
        moved = dict(attributes)
        for name, (buffer, handle, function, args, divisor) in attributes.items():
            if buffer and divisor:
                size, kind, normalized, stride, offset = args
                moved_args = (size, kind, normalized, stride, offset + first * stride)
                moved[name] = (buffer, handle, function, moved_args, divisor)
        self._program._attributes = moved
        try:
            yield
        finally:
            self._program._attributes = attributes


def _mode(name: str) -> Any:
    return getattr(gl, "GL_" + name.upper())

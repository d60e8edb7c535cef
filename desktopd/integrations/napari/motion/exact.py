"""The exact picture, drawn piece by piece into a framebuffer of its own.

The scene is drawn once, to record what OpenGL is to do. Of that each drawing command is done in
parts: bands of the picture, or some of the primitives where these are many. Their order is that of
the scene, so the picture is the same. Tested by tests/x11/test_motion.py.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping
from typing import Any

from desktopd.integrations.napari.motion.partial_draw import PartialDraw
from desktopd.integrations.napari.motion.pieces import Parts, bands
from desktopd.integrations.napari.motion.quality import Key
from desktopd.integrations.napari.motion.recording import GlirCommand, recorded
from desktopd.integrations.napari.offscreen_picture import OffscreenPicture

SLICE = 0.020
"""Seconds after which the event loop turns; one part is to take no more."""


class ExactDrawing:
    """One exact picture of the scene as it is at `revision`; all with its context current.

    `draw` draws the scene; `seconds` is how long each layer is thought to take. Until it is `done`
    nothing else may be drawn in this context before it is given up by `abandon`.
    """

    def __init__(
        self,
        scene: Any,
        draw: Callable[[], None],
        revision: int,
        visuals: Mapping[Key, Any],
        seconds: Mapping[Key, float],
    ) -> None:
        width, height = scene.physical_size
        self.revision = revision
        self.framebuffer = OffscreenPicture(width, height)
        self.seconds = 0.0
        self.longest = 0.0
        self.done = False
        self._scene = scene
        self._parser = scene.context.shared.parser
        self._layer_seconds = seconds
        self._aside = False
        self._started = time.perf_counter()
        with self.framebuffer.drawn_into(scene):
            self._commands = deque(recorded(scene, visuals, draw))
        self._steps = self._all()

    def draw_slice(self) -> None:
        """Draw for the time of a slice, until OpenGL has drawn it."""
        start = time.perf_counter()
        context = self._scene.context
        with self.framebuffer.drawn_into(self._scene):
            context.set_viewport(0, 0, *self.framebuffer.size)
            context.finish()
            for _ in self._steps:
                if time.perf_counter() - start > SLICE:
                    break
            else:
                self.done = True
        self.longest = max(self.longest, time.perf_counter() - start)
        self.seconds = time.perf_counter() - self._started

    def abandon(self) -> None:
        """Give up what has been drawn, but not what the visuals have told of themselves."""
        if not self.done:
            self._steps.close()
            with self.framebuffer.drawn_into(self._scene):
                # Before all that vispy has to say since: that may be the end of what these set.
                self._parser.parse([("CURRENT", 0, self.framebuffer.handle)])
                for command in self._commands:
                    if not (command.draws or command.clears):
                        self._send(command)
        del self.framebuffer

    def _all(self) -> Generator[None, None, None]:
        """Do it all; each turn is one part."""
        while self._commands:
            command = self._commands.popleft()
            if command.draws and not self._aside:
                yield from self._parts(command)
            else:
                self._send(command)

    def _send(self, command: GlirCommand) -> None:
        # What is drawn into framebuffers of visuals' own is not to be cut: glyphs, a few pixels.
        if command.words[0] == "FRAMEBUFFER":
            self._aside = bool(command.words[2])
        if not command.is_late(self._parser):
            self._parser.parse([command.words])

    def _parts(self, command: GlirCommand) -> Iterator[None]:
        width, height = self.framebuffer.size
        drawing = PartialDraw(self._parser, command.words)
        whole = self._layer_seconds.get(command.layer, 0.0)
        if drawing.many:
            yield from self._timed(drawing.parts(SLICE), drawing.draw)
            return
        context = self._scene.context

        def band(first: int, count: int) -> None:
            context.set_scissor(0, first, width, count)
            context.set_state(scissor_test=True)
            context.flush_commands()
            try:
                self._parser.parse([command.words])
            finally:
                context.set_state(scissor_test=False)

        yield from self._timed(bands(height, whole, SLICE), band)

    def _timed(self, parts: Parts, draw: Callable[[int, int], None]) -> Iterator[None]:
        while parts.left:
            part, start = parts.next(), time.perf_counter()
            draw(part.first, part.count)
            self._scene.context.finish()
            parts.took(part, time.perf_counter() - start)
            yield

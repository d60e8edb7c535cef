"""What vispy tells OpenGL to draw one scene: recorded, to be sent piece by piece.

Tested by tests/x11/test_motion.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from vispy.gloo.glir import JUST_DELETED, BaseGlirParser

from desktopd.integrations.napari.motion.quality import Key


@dataclass(frozen=True, slots=True)
class GlirCommand:
    """One of GLIR, vispy's intermediate representation, and the layer that gave it, if one did."""

    words: tuple[Any, ...]
    layer: Key | None

    @property
    def draws(self) -> bool:
        """Whether pixels come of it."""
        return bool(self.words[0] == "DRAW")

    @property
    def clears(self) -> bool:
        """Whether it makes a framebuffer empty."""
        return self.words[:2] == ("FUNC", "glClear")

    def is_late(self, parser: Any) -> bool:
        """Whether it is about an object that has gone, which vispy allows among many at once."""
        if self.words[0] in ("FUNC", "CREATE", "DELETE"):
            return False
        return parser.get_object(self.words[1]) in (None, JUST_DELETED)


def recorded(scene: Any, visuals: Mapping[Key, Any], draw: Callable[[], None]) -> list[GlirCommand]:
    """What `draw` would have OpenGL do for `scene`, which nobody but the caller can do now.

    vispy takes it for done: what draws nothing (data, uniforms, states) is to be sent in any case.
    """
    scene.context.flush_commands()
    shared, recorder = scene.context.shared, _Recorder(scene.context.shared.parser)
    shared.parser = recorder
    try:
        with ExitStack() as stack:
            for key, visual in visuals.items():
                stack.enter_context(recorder.named(key, visual))
            draw()
            scene.context.flush_commands()
    finally:
        shared.parser = recorder.parser
    return recorder.commands


class _Recorder(BaseGlirParser):  # type: ignore[misc]
    """Stands in for `parser`."""

    def __init__(self, parser: Any) -> None:
        super().__init__()
        self.capabilities = parser.capabilities
        self.parser = parser
        self.commands: list[GlirCommand] = []
        self._layer: Key | None = None

    def parse(self, commands: list[tuple[Any, ...]]) -> None:
        # The framebuffer is made current by who sends the commands.
        told = (words for words in commands if words[0] != "CURRENT")
        self.commands += [GlirCommand(words, self._layer) for words in told]

    def is_remote(self) -> bool:
        return bool(self.parser.is_remote())

    @property
    def shader_compatibility(self) -> Any:
        return self.parser.shader_compatibility

    @contextmanager
    def named(self, key: Key, visual: Any) -> Iterator[None]:
        """Have the commands of `visual` bear the name of its layer."""
        original = visual.draw

        def draw() -> None:
            self._layer = key
            try:
                original()
            finally:
                self._layer = None

        visual.draw = draw
        try:
            yield
        finally:
            del visual.draw

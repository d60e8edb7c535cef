"""What can be left out of a layer's visual, and how: for one drawing, after which it is as before.

Tested by tests/x11/test_motion.py.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from desktopd.integrations.napari.motion.quality import Detail, Freedom, Key

STEPPING = frozenset(
    {"mip", "minip", "attenuated_mip", "average"}
    | {"iso", "iso_categorical", "translucent_categorical"}
)
"""Methods whose picture with longer steps is a coarser one: the others add up sample by sample."""


def is_volume(visual: Any) -> bool:
    """Whether it is drawn by rays."""
    return hasattr(visual, "relative_step_size")


def freedom(visual: Any) -> Freedom:
    """What may be left out of a layer's visual."""
    # A plane has few samples: longer steps would leave none.
    if not is_volume(visual) or visual.raycasting_mode != "volume":
        return Freedom()
    return Freedom(step=visual.method in STEPPING, nearest=visual.interpolation == "linear")


@contextmanager
def drawn(visual: Any, detail: Detail) -> Iterator[None]:
    """Have `visual` drawn with less detail."""
    if detail == Detail() or not is_volume(visual):
        yield
        return
    step, texture = visual.relative_step_size, visual._texture
    interpolation = texture.interpolation
    try:
        visual.relative_step_size = step * detail.step
        if detail.nearest:
            texture.interpolation = "nearest"
        yield
    finally:
        visual.relative_step_size = step
        texture.interpolation = interpolation


@contextmanager
def timed(visuals: dict[Key, Any], context: Any) -> Iterator[dict[Key, float]]:
    """Measure the seconds that each visual takes to be drawn, until OpenGL has drawn it."""
    seconds: dict[Key, float] = dict.fromkeys(visuals, 0.0)

    def draw(key: Key, original: Any) -> None:
        context.finish()
        start = time.perf_counter()
        original()
        context.finish()
        seconds[key] += time.perf_counter() - start

    with ExitStack() as stack:
        for key, visual in visuals.items():
            visual.draw = lambda key=key, original=visual.draw: draw(key, original)
            stack.callback(delattr, visual, "draw")
        yield seconds

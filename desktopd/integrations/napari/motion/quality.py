"""How finely a scene is drawn: values alone, from the exact picture to the coarsest.

Tested by tests/unit/integrations/napari/motion/test_controller.py.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace

Key = Hashable
"""Names a layer."""

DIVISORS = (1, 2, 3)
COARSE_DIVISORS = (4, 6)
"""For what is too slow even at the coarsest of everything else."""


@dataclass(frozen=True, slots=True)
class Detail:
    """How a layer's rays are drawn: every `step`-th sample, the `nearest` voxel or a mixture."""

    step: int = 1
    nearest: bool = False

    @property
    def share(self) -> float:
        """Roughly the time it takes, of that of the full detail."""
        return (0.45 if self.nearest else 1.0) / self.step


FULL = Detail()


@dataclass(frozen=True, slots=True)
class Freedom:
    """What may be left out of a layer without another picture than a coarser one."""

    step: bool = False
    nearest: bool = False

    def details(self) -> tuple[Detail, ...]:
        """From the finest to the coarsest: longer steps first, then the nearest voxel."""
        steps = (1, 2, 3) if self.step else (1,)
        finer = tuple(Detail(step) for step in steps)
        if not self.nearest:
            return finer
        coarse = (*steps[-1:], 6) if self.step else (1,)
        return (*finer, *(Detail(step, nearest=True) for step in coarse))


@dataclass(frozen=True, slots=True)
class Quality:
    """One pixel drawn for `divisor` x `divisor` of the canvas, and the detail of each layer."""

    divisor: int = 1
    details: Mapping[Key, Detail] = field(default_factory=dict)

    def detail(self, layer: Key) -> Detail:
        """That of one layer."""
        return self.details.get(layer, FULL)

    def share(self, layer: Key) -> float:
        """Roughly the time that a layer takes, of that in the exact picture."""
        return self.detail(layer).share / self.divisor**2

    def coarser(self, layer: Key, freedom: Freedom) -> Quality | None:
        """The same with the next coarser detail of a layer; None where there is none."""
        details = freedom.details()
        next_ = details.index(self.detail(layer)) + 1
        if next_ == len(details):
            return None
        return replace(self, details={**self.details, layer: details[next_]})


EXACT = Quality()

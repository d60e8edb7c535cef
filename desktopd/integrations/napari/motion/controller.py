"""Decides how finely the next picture is drawn, from what drawings have taken: no GL, no clock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from desktopd.integrations.napari.motion.quality import (
    COARSE_DIVISORS,
    DIVISORS,
    EXACT,
    Freedom,
    Key,
    Quality,
)

TRUST = 0.5
"""Weight of a new measurement."""
TOO_SLOW = 1.15
WORTH = 1.3
"""A coarser picture is worth it where it takes less time by more than this factor."""
QUICK_ENOUGH = 0.8
"""Shares of the budget between which the quality stays as it is."""


class LayerCost:
    """What one layer takes, by the share of the exact picture's work that was drawn.

    Of the last two drawings of a share the quicker one counts: another program may have had the
    cores, and the first drawing of a kind compiles its shader. The last two shares are remembered.
    """

    def __init__(self) -> None:
        self._seen: dict[float, float] = {}
        self._last: tuple[float, float] | None = None

    def measured(self, share: float, seconds: float) -> None:
        """Note a drawing; what is remembered of the other share moves with it."""
        again = self._last is not None and self._last[0] == share
        quicker = min(seconds, self._last[1]) if self._last and again else seconds
        self._last = share, seconds
        before = self._seen.pop(share, None)
        if before:
            factor = 1 + TRUST * (quicker / before - 1)
            self._seen = {other: factor * taken for other, taken in self._seen.items()}
            self._seen[share] = factor * before
        elif again or not self._seen:
            self._seen = {**dict([*self._seen.items()][-1:]), share: quicker}

    @property
    def known(self) -> bool:
        """Whether it was ever measured."""
        return bool(self._seen)

    def predict(self, share: float) -> float:
        """Seconds for a drawing; part of the time may not depend on the share."""
        if share in self._seen or not self._seen:
            return self._seen.get(share, 0.0)
        *before, (last, taken) = self._seen.items()
        for other, then in before:
            slope = (taken - then) / (last - other)
            if 0 < slope < taken / last:
                return max(0.0, taken + slope * (share - last))
        return taken * share / last


class Controller:
    """Keeps the drawing of a scene within `budget` seconds, where that can be."""

    def __init__(self, budget: float) -> None:
        self.budget = budget
        self._costs: dict[Key, LayerCost] = {}
        self._freedoms: Mapping[Key, Freedom] = {}
        self._quality = EXACT

    def scene(self, freedoms: Mapping[Key, Freedom]) -> None:
        """Tell which layers are drawn, and what may be left out of each."""
        if freedoms == self._freedoms:
            return
        self._freedoms = dict(freedoms)
        self._costs = {key: self._costs.get(key, LayerCost()) for key in freedoms}
        self._quality = self._fitting()

    def measured(self, quality: Quality, seconds: Mapping[Key, float]) -> None:
        """Note what the layers of a drawing have taken."""
        for key, taken in seconds.items():
            if key in self._costs:
                self._costs[key].measured(quality.share(key), taken)

    @property
    def known(self) -> bool:
        """Whether every layer was measured."""
        return all(cost.known for cost in self._costs.values())

    def predict(self, quality: Quality) -> float:
        """Seconds that a drawing takes."""
        return sum(self.costs(quality).values())

    def costs(self, quality: Quality) -> dict[Key, float]:
        """Seconds that each layer takes."""
        return {key: cost.predict(quality.share(key)) for key, cost in self._costs.items()}

    @property
    def is_slow(self) -> bool:
        """Whether the exact picture takes longer than the budget."""
        return self.predict(EXACT) > self.budget

    @property
    def quickest(self) -> float:
        """Seconds that the coarsest picture takes."""
        return min(self.predict(quality) for quality in self._ladder())

    def next(self) -> Quality:
        """The quality of the next picture."""
        now = self.predict(self._quality)
        if now > self.budget * TOO_SLOW:
            self._quality = self._fitting()
        else:
            finer = self._fitting(self.budget * QUICK_ENOUGH)
            if self.predict(finer) > now:
                self._quality = finer
        return self._quality

    def _fitting(self, budget: float | None = None) -> Quality:
        """The finest quality within the budget, or of those that are about as quick as can be."""
        enough = max(self.budget if budget is None else budget, self.quickest * WORTH)
        ladder = [*self._ladder()]
        return next((q for q in ladder if self.predict(q) <= enough), ladder[-1])

    def _ladder(self) -> Iterator[Quality]:
        """Ever coarser: resolution first, then the costliest layer's detail, layer by layer."""
        quality = EXACT
        for divisor in DIVISORS:
            yield (quality := Quality(divisor, quality.details))
        while (coarser := self._coarser(quality)) is not None:
            yield (quality := coarser)
        for divisor in COARSE_DIVISORS:
            yield Quality(divisor, quality.details)

    def _coarser(self, quality: Quality) -> Quality | None:
        def cost(key: Key) -> float:
            return self._costs[key].predict(quality.share(key))

        for key in sorted(self._freedoms, key=cost, reverse=True):
            if (coarser := quality.coarser(key, self._freedoms[key])) is not None:
                return coarser
        return None

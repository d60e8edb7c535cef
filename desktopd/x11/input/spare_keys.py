"""Which keycode a keysym is bound to that no key of the layout bears. Pure choice.

A client translates a key when it handles the event, by the keymap that X has then, which may be
later than the one it was pressed in. So a keycode keeps its keysym as long as there are others.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from desktopd.x11.input.keymap import Keymap

# Seconds without use after which a bound keycode is preferred to one with a meaning, and is free.
RESTED = 10.0
LEAST_REST = 1.0

# XF86 keysyms: keys beside the typing, few keyboards have any of them.
_MEDIA = range(0x1008_0000, 0x1009_0000)


@dataclass(slots=True)
class Bound:
    """What was bound, what the keycode had before (core keysyms), and when it was last used."""

    pair: tuple[int, int]
    before: list[int]
    used: float


@dataclass(frozen=True, slots=True)
class Choice:
    """A keycode to bind, once so many seconds have passed."""

    keycode: int
    wait: float = 0.0


class SpareKeys:
    """The keycodes that can be bound; `bound` are those that are."""

    def __init__(self) -> None:
        self.bound: dict[int, Bound] = {}
        self._empty: list[int] = []
        self._media: list[int] = []

    def follow(self, keymap: Keymap) -> None:
        """Take up a new keymap: what it has instead of ours is bound no longer."""
        for keycode, bound in list(self.bound.items()):
            key = keymap.keys.get(keycode)
            if key is None or key.all_keysyms() != set(bound.pair):
                del self.bound[keycode]
        self._empty, self._media = [], []
        for keycode, key in keymap.keys.items():
            if keycode in self.bound or keymap.modifiers.get(keycode):
                continue
            symbols = key.all_keysyms()
            if not symbols:
                self._empty.append(keycode)
            elif all(symbol in _MEDIA for symbol in symbols):
                self._media.append(keycode)

    def touch(self, keycode: int, now: float) -> None:
        """Note that a key is pressed or released."""
        if bound := self.bound.get(keycode):
            bound.used = now

    def choose(self, down: Collection[int], now: float) -> Choice | None:
        """The keycode to bind next, none of those that are `down`; None if there is none.

        An empty one; else one that has rested long; else one that bears a media key; else the one
        that has rested longest, after a wait if need be.
        """
        idle = sorted((b.used, k) for k, b in self.bound.items() if k not in down)
        empty = [keycode for keycode in self._empty if keycode not in down]
        media = [keycode for keycode in self._media if keycode not in down]
        if empty:
            return Choice(empty[-1])
        if media and not (idle and now - idle[0][0] >= RESTED):
            return Choice(media[-1])
        if idle:
            used, keycode = idle[0]
            return Choice(keycode, max(0.0, used + LEAST_REST - now))
        return None

    def bind(self, keycode: int, pair: tuple[int, int], before: list[int], now: float) -> None:
        """Note that the keycode bears the two keysyms now."""
        known = self.bound.get(keycode)
        self.bound[keycode] = Bound(pair, known.before if known else before, now)
        for unused in (self._empty, self._media):
            if keycode in unused:
                unused.remove(keycode)

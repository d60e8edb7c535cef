"""Pixels of few colours as a palette and indices, for Tight and ZRLE."""

from __future__ import annotations

import numpy as np

from desktopd.rfb.encoders.pixels import RGB_MASK, Octets, Pixels

_NO_COLOUR = np.uint32(0xFFFFFFFF)
_HASH_BITS = 16
_AT_ONCE = 8192  # pixels whose scratch arrays stay in the processor's cache
_MULTIPLIER = 0x9E3779B1


def indexed(pixels: Pixels, limit: int = 256) -> tuple[Pixels, Octets] | None:
    """The sorted colours of pixels that have at most `limit` (to 256), and each pixel's index.

    None where there are more. Cheaper than sorting all pixels: only the colours of a sample are,
    and then of those pixels that the colours known so far do not explain.
    """
    height, width = pixels.shape
    colours = np.unique(pixels[:: height // 24 + 1, :: width // 48 + 1] & RGB_MASK)
    if len(colours) > limit:
        return None
    if len(colours) == 1 and not (pixels & RGB_MASK != colours[0]).any():
        return colours, np.zeros(pixels.shape, np.uint8)
    known = _Colours(colours)
    indices = np.empty(pixels.shape, np.uint8)
    step = _AT_ONCE // width + 1
    for top in range(0, height, step):
        rows = slice(top, top + step)
        masked = pixels[rows] & RGB_MASK
        while True:
            indices[rows], unknown = known.look_up(masked)
            if not len(unknown):
                break
            more = np.unique(unknown[:: len(unknown) // 2048 + 1])
            colours = np.concatenate((colours, more))
            if len(colours) > limit:
                return None
            known = _Colours(colours)
    return known.sorted(indices)


class _Colours:
    """At most 256 colours, and a hash table without collisions that finds them."""

    def __init__(self, colours: Pixels) -> None:
        self.colours = colours
        self._padded = np.full(256, _NO_COLOUR)
        self._padded[: len(colours)] = colours
        self._table = np.zeros(1 << _HASH_BITS, np.uint8)
        own = np.arange(len(colours), dtype=np.uint8)
        multiplier = _MULTIPLIER
        while True:
            self._multiplier = np.uint32(multiplier)
            slots = self._slots(colours)
            self._table[slots] = own
            if np.array_equal(self._table[slots], own):
                return
            multiplier = multiplier * _MULTIPLIER & 0xFFFFFFFF

    def _slots(self, masked: Pixels) -> Pixels:
        return masked * self._multiplier >> np.uint32(32 - _HASH_BITS)

    def look_up(self, masked: Pixels) -> tuple[Octets, Pixels]:
        """The index of each pixel, and those pixels of which the index is wrong."""
        indices = self._table.take(self._slots(masked), mode="clip")
        return indices, masked[self._padded.take(indices, mode="clip") != masked]

    def sorted(self, indices: Octets) -> tuple[Pixels, Octets]:
        """The colours in order, and what becomes of `indices`."""
        order = np.argsort(self.colours)
        if np.array_equal(order, np.arange(len(order))):
            return self.colours, indices
        rank = np.empty(len(order), np.uint8)
        rank[order] = np.arange(len(order), dtype=np.uint8)
        return self.colours[order], rank.take(indices, mode="clip")

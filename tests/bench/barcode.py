"""Frame numbers as pictures: what the workload draws into the corners and the page reads back.

A code is 20 cells of 16x16 pixels: white, black, a number of 12 bits, its CRC-6 (ITU-T G.704,
x^6 + x + 1, inverted in part so that a black strip is no code). Cells are as large as a macroblock,
so that the number survives every codec, and a code that is half old and half new fails its check.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

CELL = 16  # pixels, wide and high
NUMBER_BITS = 12
CHECK_BITS = 6
CELLS = 2 + NUMBER_BITS + CHECK_BITS
WIDTH, HEIGHT = CELLS * CELL, CELL
NUMBERS = 1 << NUMBER_BITS

_POLYNOMIAL = 0b1000011
_INVERTED = 0b101010
_GUARD = (1, 0)

LAYOUT = {
    "cell": CELL,
    "numberBits": NUMBER_BITS,
    "checkBits": CHECK_BITS,
    "polynomial": _POLYNOMIAL,
    "inverted": _INVERTED,
}
"""What a reader in another language has to know."""

Pixels = NDArray[np.uint8]


def check_bits(number: int) -> int:
    """The check of a number, 0 to 63."""
    rest = number << CHECK_BITS
    for bit in reversed(range(CHECK_BITS, CHECK_BITS + NUMBER_BITS)):
        if rest >> bit & 1:
            rest ^= _POLYNOMIAL << (bit - CHECK_BITS)
    return rest ^ _INVERTED


def draw(number: int) -> Pixels:
    """The code of `number` as blue, green, red, 0: HEIGHT, WIDTH, 4; ValueError beyond 12 bits."""
    if not 0 <= number < NUMBERS:
        raise ValueError(f"frame number {number}: expected 0 to {NUMBERS - 1}")
    word = number << CHECK_BITS | check_bits(number)
    bits = [*_GUARD, *(word >> bit & 1 for bit in reversed(range(NUMBER_BITS + CHECK_BITS)))]
    code = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    code[..., :3] = np.repeat(bits, CELL)[:, None] * 255
    return code


def read(pixels: Pixels) -> int | None:
    """The number in a picture of HEIGHT, WIDTH and three channels or more; None without one."""
    quarter = CELL // 4
    cells = pixels[:HEIGHT, :WIDTH, :3].reshape(HEIGHT, CELLS, CELL, 3)
    inner = cells[quarter:-quarter, :, quarter:-quarter].mean(axis=(0, 2, 3))
    bits = [int(level > 127) for level in inner]
    word = int("".join(map(str, bits[2:])), 2)
    number, check = word >> CHECK_BITS, word & ((1 << CHECK_BITS) - 1)
    return number if tuple(bits[:2]) == _GUARD and check == check_bits(number) else None

"""Keysyms against libxkbcommon, which Qt and GTK read them by."""

from __future__ import annotations

import ctypes

import pytest

from desktopd.x11.input.keysyms import (
    canonical,
    cases,
    character,
    is_function,
    is_modifier,
    is_valid,
    keysym_of,
)

xkbcommon = ctypes.CDLL("libxkbcommon.so.0")
code_point = xkbcommon.xkb_keysym_to_utf32
code_point.argtypes, code_point.restype = [ctypes.c_uint32], ctypes.c_uint32

ALPHABETS = (0x00, 0x01, 0x02, 0x03, 0x05, 0x06, 0x07, 0x0C, 0x0D, 0x13, 0x20)


@pytest.mark.parametrize("row", ALPHABETS, ids=hex)
def test_the_characters_of_the_alphabets(row):
    for keysym in range(row << 8, row + 1 << 8):
        if known := code_point(keysym):
            assert character(keysym) == chr(known), hex(keysym)


def test_the_keysym_of_a_character_is_one_that_toolkits_know():
    for code in (*range(0x20, 0x7F), *range(0xA0, 0x3000), 0x4E2D, 0x1F600):
        assert code_point(keysym_of(chr(code))) == code


def test_keysyms_of_one_character_are_equal():
    assert canonical(0x06D1) == canonical(0x0100_044F) == 0x0100_044F
    assert canonical(0xE9) == canonical(0x0100_00E9)
    assert canonical(0xFFE1) == 0xFFE1


def test_case_pairs():
    assert cases(0x61) == cases(0x41) == (0x61, 0x41)
    assert cases(0x06D1) == (0x06D1, 0x06F1)
    assert cases(0xDF) == (0xDF, 0xDF)
    assert cases(0x0101_F600) == (0x0101_F600, 0x0101_F600)
    assert cases(0xFF0D) == (0xFF0D, 0xFF0D)


def test_kinds():
    shift, left_tab, f1, dead_acute, kp_1, kp_end, play = (
        *(0xFFE1, 0xFE20, 0xFFBE, 0xFE51, 0xFFB1, 0xFF9C),
        0x1008FF14,
    )
    assert [k for k in (shift, left_tab, f1, dead_acute, kp_1, play, 0x61) if is_modifier(k)] == [
        shift
    ]
    assert all(map(is_function, (shift, left_tab, f1, kp_end, play)))
    assert not any(map(is_function, (dead_acute, kp_1, 0x61, 0x0100_044F)))
    assert not any(map(is_valid, (0, 0xFFFFFF, 0x2000_0000)))

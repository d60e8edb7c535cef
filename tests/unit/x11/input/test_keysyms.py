"""Keysyms: which character each types, and which kind of key it is."""

from __future__ import annotations

import ctypes

import pytest

from desktopd.x11.errors import XError
from desktopd.x11.input import xkbcommon
from desktopd.x11.input.keysyms import (
    canonical,
    cases,
    character,
    has_capital,
    is_function,
    is_modifier,
    is_valid,
    keysym_of,
)

# First keysym of a run, and what the run types (X11 protocol, appendix A).
RUNS = {
    0x0020: "".join(map(chr, range(0x20, 0x7F))),
    0x00A1: "".join(map(chr, range(0xA1, 0x100))),
    0x01BB: "ťź˝žżŔ",
    0x02AB: "Ğ",
    0x03D1: "ŅŌĶ",
    0x04B1: "アイウエオカキクケコ",
    0x05C7: "ابةتثجحخدذرزسشصضطظعغ",
    0x06C0: "юабцдефгхийклмнопярстужвьызшэщчъЮАБЦДЕФГХИЙКЛМНОПЯРСТУЖВЬЫЗШЭЩЧЪ",
    0x06A1: "ђѓёєѕіїјљњћќґўџ№ЂЃЁЄЅІЇЈЉЊЋЌҐЎЏ",
    0x07C1: "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣ",
    0x07E1: "αβγδεζηθικλμνξοπρσςτυφχψω",
    0x08FB: "←↑→↓",
    0x0AA9: "\u2014\u2013",
    0x0CE0: "אבגדהוזחטיךכלםמןנסעףפץצקרשת",
    0x0DA1: "กขฃคฅฆงจ",
    0x13BC: "ŒœŸ",
    0x20AC: "€",
    0x0100_4E2D: "中",
    0x0101_F600: "😀",
}
RETURN, KP_1, KP_SPACE, F1, DEAD_ACUTE = 0xFF0D, 0xFFB1, 0xFF80, 0xFFBE, 0xFE51


@pytest.mark.parametrize("first", RUNS, ids=hex)
def test_the_characters_of_keysyms(first: int) -> None:
    text = RUNS[first]
    assert [character(keysym) for keysym in range(first, first + len(text))] == list(text)


@pytest.mark.parametrize("keysym", [0, RETURN, KP_1, KP_SPACE, F1, DEAD_ACUTE, 0x0100_000D, 0x7F])
def test_keys_that_type_no_character(keysym: int) -> None:
    assert character(keysym) is None


def test_every_character_has_a_keysym_that_types_it() -> None:
    codes = (*range(0x20, 0x7F), *range(0xA0, 0xD800), *range(0xE000, 0x11000), 0x1F600, 0x10FFFF)
    assert [code for code in codes if character(keysym_of(chr(code))) != chr(code)] == []


def test_a_missing_library_is_named_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise OSError(f"{name}: cannot open shared object file")

    xkbcommon.load.cache_clear()
    monkeypatch.setattr(ctypes, "CDLL", missing)
    with pytest.raises(XError, match="apt-get install libxkbcommon0"):
        xkbcommon.load()


def test_keysyms_of_one_character_are_equal() -> None:
    assert canonical(0x06D1) == canonical(0x0100_044F) == 0x0100_044F
    assert canonical(0xE9) == canonical(0x0100_00E9)
    assert canonical(0xFFE1) == 0xFFE1


def test_case_pairs() -> None:
    assert cases(0x61) == cases(0x41) == (0x61, 0x41)
    assert cases(0x06D1) == (0x06D1, 0x06F1)
    assert cases(0xDF) == (0xDF, 0xDF)
    assert cases(0x0101_F600) == (0x0101_F600, 0x0101_F600)
    assert cases(0xFF0D) == (0xFF0D, 0xFF0D)


def test_caps_lock_acts_on_letters_alone() -> None:
    assert all(map(has_capital, (0x61, 0xDF, 0x06D1)))
    assert not any(map(has_capital, (0x41, 0x31, 0x0101_F600, RETURN)))


def test_kinds() -> None:
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

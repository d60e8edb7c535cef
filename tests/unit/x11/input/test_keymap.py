"""The choice of a key and of modifiers, on a keymap as data."""

from __future__ import annotations

from itertools import product

import pytest

from desktopd.x11.input.keymap import (
    LOCK,
    SHIFT,
    Group,
    Key,
    Keymap,
    OutOfRange,
    State,
    Stroke,
)
from tests.unit.x11.input.keymaps import (
    ALT,
    ALT_KEYSYM,
    ALT_L,
    COMMA,
    CONTROL,
    F1,
    KEYMAP,
    KP_1,
    LESS,
    LEVEL3,
    META_KEYSYM,
    NUM,
    ONE,
    ONE_KEY,
    TAB,
    TWO,
    A,
    Q,
    S,
    key,
)


def test_modifiers_that_choose_levels():
    assert KEYMAP.level_modifiers == SHIFT | LOCK | NUM | LEVEL3
    assert KEYMAP.num_lock == NUM
    assert KEYMAP.groups == 2


@pytest.mark.parametrize(
    ("keysym", "state", "stroke"),
    [
        (0x61, State(), Stroke(A, 0, 0)),
        (0x41, State(), Stroke(A, SHIFT, 0)),
        (0x41, State(base=SHIFT), Stroke(A, SHIFT, 0)),
        (0x41, State(locked=LOCK), Stroke(A, LOCK, 0)),
        (0x61, State(locked=LOCK), Stroke(A, 0, 0)),
        (0x61, State(base=CONTROL, locked=LOCK), Stroke(A, CONTROL, 0)),
        (0x31, State(base=SHIFT), Stroke(ONE_KEY, 0, 0)),
        (0x40, State(base=SHIFT), Stroke(Q, LEVEL3, 0)),
        (0x40, State(base=LEVEL3), Stroke(Q, LEVEL3, 0)),
        (0x0100_0040, State(), Stroke(Q, LEVEL3, 0)),
        (0x0100_03A9, State(), Stroke(Q, SHIFT | LEVEL3, 0)),  # Ω of either set
        (0x0100_0444, State(), Stroke(A, 0, 1)),  # ф
        (0x61, State(group=1), Stroke(A, 0, 0)),
        (0x31, State(group=1), Stroke(ONE_KEY, 0, 1)),
        (0xDF, State(locked=LOCK), Stroke(S, LEVEL3, 0)),  # Caps Lock would make a capital of it
        (0xA7, State(locked=LOCK), Stroke(S, SHIFT | LOCK | LEVEL3, 0)),
        (0xFF09, State(base=SHIFT), Stroke(TAB, SHIFT, 0)),
        (0xFE20, State(), Stroke(TAB, SHIFT, 0)),
        (0xFFB1, State(), Stroke(KP_1, NUM, 0)),
        (0xFF9C, State(locked=NUM), Stroke(KP_1, 0, 0)),
        (0xFF9C, State(base=SHIFT, locked=NUM), Stroke(KP_1, SHIFT | NUM, 0)),
        (0xFFBE, State(base=CONTROL | ALT), Stroke(F1, CONTROL | ALT, 0)),
        (ALT_KEYSYM, State(base=SHIFT), Stroke(ALT_L, SHIFT, 0)),
        (META_KEYSYM, State(), Stroke(ALT_L, 0, 0)),
        (0x3C, State(), Stroke(LESS, 0, 0)),
        (0x3C, State(base=SHIFT), Stroke(COMMA, SHIFT, 0)),
        (0xE9, State(), None),
    ],
)
def test_the_least_disturbing_stroke(keysym, state, stroke):
    assert KEYMAP.stroke(keysym, state) == stroke


def test_of_equal_keys_the_preferred_one():
    keymap = Keymap({10: key(ONE, 0x61), 11: key(ONE, 0x61), 12: key(TWO, 0, 0x61)}, {})
    assert keymap.stroke(0x61, State()) == Stroke(10, 0, 0)
    assert keymap.stroke(0x61, State(), preferred=11) == Stroke(11, 0, 0)
    assert keymap.stroke(0x61, State(), preferred=12) == Stroke(10, 0, 0)


def test_every_stroke_for_text_types_its_keysym():
    bits = (SHIFT, LOCK, NUM, LEVEL3, CONTROL)
    text = (0x61, 0x41, 0x31, 0x21, 0x40, 0xA7, 0xFFB1, 0x3C, 0x6C6)
    for keysym, group, *held in product(text, (0, 1), *([0, bit] for bit in bits)):
        for state in (State(base=sum(held), group=group), State(locked=sum(held), group=group)):
            stroke = KEYMAP.stroke(keysym, state)
            assert stroke is not None
            after = State(locked=stroke.modifiers, group=stroke.group)
            assert KEYMAP.keysym(stroke.keycode, after) == keysym
            assert stroke.modifiers & CONTROL == state.modifiers & CONTROL


@pytest.mark.parametrize(
    ("action", "wanted", "group"),
    [
        *((OutOfRange.WRAP, 2, 0), (OutOfRange.WRAP, 3, 1), (OutOfRange.CLAMP, 3, 1)),
        *((OutOfRange.REDIRECT | 0x10, 3, 1), (OutOfRange.REDIRECT | 0x30, 3, 0)),
    ],
)
def test_groups_out_of_range(action, wanted, group):
    assert Key((Group(ONE, (1,)), Group(ONE, (2,))), action).group(wanted) == group

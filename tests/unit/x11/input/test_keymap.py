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
    KeyType,
    OutOfRange,
    State,
    Stroke,
)
from desktopd.x11.input.spare_keys import LEAST_REST, RESTED, Choice, SpareKeys

CONTROL, ALT, NUM, LEVEL3 = 0x04, 0x08, 0x10, 0x80
ONE = KeyType(0, {})
TWO = KeyType(SHIFT, {SHIFT: 1})
ALPHABETIC = KeyType(SHIFT | LOCK, {SHIFT: 1, LOCK: 1})
FOUR = KeyType(SHIFT | LEVEL3, {SHIFT: 1, LEVEL3: 2, SHIFT | LEVEL3: 3})
SEMIALPHABETIC = KeyType(
    SHIFT | LOCK | LEVEL3,
    {SHIFT: 1, LOCK: 1, LEVEL3: 2, LOCK | LEVEL3: 2, SHIFT | LEVEL3: 3, SHIFT | LOCK | LEVEL3: 3},
    {LOCK | LEVEL3: LOCK, SHIFT | LOCK | LEVEL3: LOCK},
)
KEYPAD = KeyType(SHIFT | NUM, {SHIFT: 1, NUM: 1})
SWITCH = KeyType(CONTROL | ALT, {CONTROL | ALT: 1})

A, ONE_KEY, Q, S, TAB, KP_1, F1, SHIFT_L, CAPS, NUM_LOCK, L3, ALT_L, LESS, COMMA = range(38, 52)
SHIFT_KEYSYM, ALT_KEYSYM, META_KEYSYM = 0xFFE1, 0xFFE9, 0xFFE7


def key(kind: KeyType, *symbols: int) -> Key:
    return Key((Group(kind, symbols),))


KEYMAP = Keymap(
    {
        A: Key((Group(ALPHABETIC, (0x61, 0x41)), Group(ALPHABETIC, (0x6C6, 0x6E6)))),  # ф
        ONE_KEY: key(TWO, 0x31, 0x21),
        Q: key(FOUR, 0x71, 0x51, 0x40, 0x7D9),  # q Q @ Ω
        S: key(SEMIALPHABETIC, 0x73, 0x53, 0xDF, 0xA7),  # s S ß §
        TAB: key(TWO, 0xFF09, 0xFE20),
        KP_1: key(KEYPAD, 0xFF9C, 0xFFB1),
        F1: key(SWITCH, 0xFFBE, 0x1008FE01),
        SHIFT_L: key(ONE, SHIFT_KEYSYM),
        CAPS: key(ONE, 0xFFE5),
        NUM_LOCK: key(ONE, 0xFF7F),
        L3: key(ONE, 0xFE03),
        ALT_L: key(TWO, ALT_KEYSYM, META_KEYSYM),
        LESS: key(TWO, 0x3C, 0x3E),
        COMMA: key(TWO, 0x2C, 0x3C),
        100: key(ONE),
        101: Key(()),
        102: key(ONE, 0x1008FF14),
        103: key(ONE, 0x1008FF15),
    },
    {SHIFT_L: SHIFT, CAPS: LOCK, NUM_LOCK: NUM, L3: LEVEL3, ALT_L: ALT},
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


def bound(spare: SpareKeys, keycode: int, keysym: int, now: float) -> Keymap:
    spare.bind(keycode, (keysym, keysym), [0], now)
    keys = {**KEYMAP.keys, **{k: key(TWO, *b.pair) for k, b in spare.bound.items()}}
    keymap = Keymap(keys, KEYMAP.modifiers)
    spare.follow(keymap)
    return keymap


def test_spare_keys_are_used_empty_ones_first_and_the_longest_unused_again():
    spare = SpareKeys()
    spare.follow(KEYMAP)
    taken = []
    for now in range(4):
        choice = spare.choose((), float(now))
        assert choice is not None
        assert choice.wait == 0
        taken.append(choice.keycode)
        bound(spare, choice.keycode, 0x0100_4E00 + now, float(now))
    assert sorted(taken[:2]) == [100, 101]
    assert sorted(taken[2:]) == [102, 103]
    assert spare.choose((), 3.0) == Choice(taken[0])
    spare.touch(taken[0], 3.0)
    assert spare.choose((), 3.5) == Choice(taken[1])
    assert spare.choose(taken[1:3], 3.5) == Choice(taken[0], pytest.approx(LEAST_REST - 0.5))
    assert spare.choose(taken, 3.5) is None


def test_a_media_key_is_spared_when_a_bound_key_has_rested():
    spare = SpareKeys()
    spare.follow(KEYMAP)
    for keycode in (100, 101):
        bound(spare, keycode, 0x0100_4E00 + keycode, 5.0)
    assert spare.choose((), 6.0) == Choice(103)
    assert spare.choose((), 5.0 + RESTED) == Choice(100)


def test_a_new_layout_takes_the_bindings_away():
    spare = SpareKeys()
    spare.follow(KEYMAP)
    bound(spare, 100, 0x0100_4E00, 1.0)
    spare.follow(KEYMAP)
    assert spare.bound == {}
    assert spare.choose((), 1.0) == Choice(101)

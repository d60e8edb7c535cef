"""A keymap as data, with keys of every kind."""

from __future__ import annotations

from desktopd.x11.input.keymap import LOCK, SHIFT, Group, Key, Keymap, KeyType

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

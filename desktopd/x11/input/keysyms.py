"""Keysyms (X11 protocol, appendix A): the characters they stand for, and what kind of key each is.

No keyboard and no keymap here.
"""

from __future__ import annotations

from desktopd.x11.input import xkbcommon

NO_SYMBOL = 0
VOID_SYMBOL = 0xFFFFFF
LARGEST = 0x1FFF_FFFF
UNICODE = 0x0100_0000
NUM_LOCK = 0xFF7F

# Keys that choose what other keys mean: Shift_L, Shift_R, Caps_Lock, Shift_Lock, Num_Lock,
# Mode_switch, ISO_Level3_Shift, _Latch and _Lock, ISO_Level5_Shift, _Latch and _Lock.
LEVEL_KEYS = frozenset(
    {
        0xFFE1,
        0xFFE2,
        0xFFE5,
        0xFFE6,
        NUM_LOCK,
        0xFF7E,
        *range(0xFE03, 0xFE06),
        *range(0xFE11, 0xFE14),
    }
)

_DEAD_KEYS = range(0xFE50, 0xFE90)
_FUNCTION_KEYS = range(0xFD00, 0x1_0000)
_KEYPAD_TEXT = frozenset({0xFF80, 0xFFBD, *range(0xFFAA, 0xFFBA)})
_VENDOR_KEYS = range(0x1000_0000, 0x2000_0000)
_MODIFIER_KEYS = range(0xFFE1, 0xFFEF)
_GROUP_KEYS = range(0xFE01, 0xFE14)


def character(keysym: int) -> str | None:
    """The character that a keysym types; None for function keys, the keypad and dead keys."""
    if keysym in _FUNCTION_KEYS:
        return None
    code_point = xkbcommon.code_point(keysym)
    return chr(code_point) if code_point >= ord(" ") else None


def keysym_of(character: str) -> int:
    """The usual keysym of one character: Latin-1, an older set's, or its code point's."""
    code_point = ord(character)
    return xkbcommon.keysym(code_point) or UNICODE + code_point


def canonical(keysym: int) -> int:
    """The same for every keysym of one character, e.g. Cyrillic_ya and U+044F."""
    known = character(keysym)
    return keysym if known is None else UNICODE + ord(known)


def cases(keysym: int) -> tuple[int, int]:
    """The keysyms of the character in lower and in upper case; twice the same without case."""
    known = character(keysym)
    if known is not None:
        lower, upper = known.lower(), known.upper()
        if len(lower) == len(upper) == 1 and lower != upper and lower.upper() == upper:
            if known == lower:
                return keysym, keysym_of(upper)
            if known == upper:
                return keysym_of(lower), keysym
    return keysym, keysym


def has_capital(keysym: int) -> bool:
    """Whether X or a toolkit may make another character of it when Caps Lock is on."""
    known = character(keysym)
    return known is not None and known.upper() != known


def is_modifier(keysym: int) -> bool:
    """Shift, Control, Alt and the like, the locks, and keys that change level or group."""
    return (
        keysym in _MODIFIER_KEYS
        or keysym in _GROUP_KEYS
        or keysym in LEVEL_KEYS
        or keysym == 0xFF14  # Scroll_Lock
    )


def is_function(keysym: int) -> bool:
    """A key that types no text by itself, also not as a part of a dead-key sequence."""
    if keysym in _DEAD_KEYS or keysym in _KEYPAD_TEXT:
        return False
    return keysym in _FUNCTION_KEYS or keysym in _VENDOR_KEYS


def is_valid(keysym: int) -> bool:
    """Whether a key can bear it (X11 protocol, ChangeKeyboardMapping)."""
    return NO_SYMBOL < keysym <= LARGEST and keysym != VOID_SYMBOL

"""Keysyms and the characters they stand for (X11 protocol, appendix A)."""

from __future__ import annotations

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

# Some of the older sets follow ISO 8859 and KOI8: keysym 0x01A1 is byte A1 of ISO 8859-2.
_CODECS = {
    0x01: "iso8859-2",
    0x02: "iso8859-3",
    0x03: "iso8859-4",
    0x05: "iso8859-6",
    0x06: "koi8-u",
    0x0C: "iso8859-8",
    0x0D: "iso8859-11",
}
_UNASSIGNED = frozenset({0x0CFD, 0x0CFE, 0x0DEE, 0x0DEF, 0x0DFA, 0x0DFB})
_EXCEPTIONS = {
    0x06A1: "ђѓёєѕіїјљњћќґўџ№ЂЃЁЄЅІЇЈЉЊЋЌҐЎЏ",
    0x07A1: "ΆΈΉΊΪ",
    0x07A7: "ΌΎΫ",
    0x07AB: "Ώ",
    0x07AE: "΅\u2015",
    0x07B1: "άέήίϊΐόύϋΰώ",
    0x07C1: "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣ",
    0x07D4: "ΤΥΦΧΨΩ",
    0x07E1: "αβγδεζηθικλμνξοπρσςτυφχψω",
    0x0DDE: "\u0e3e",
    0x13BC: "ŒœŸ",
    0x20AC: "€",
}


def _older_sets() -> dict[int, str]:
    characters = {}
    for row, codec in _CODECS.items():
        for byte in range(0xA1, 0x100):
            character = bytes([byte]).decode(codec, "ignore")
            keysym = row << 8 | byte
            if character > "\xff" and keysym not in _UNASSIGNED:
                characters[keysym] = character
    for first, text in _EXCEPTIONS.items():
        characters.update(enumerate(text, first))
    return characters


_CHARACTERS = _older_sets()
_KEYSYMS = {character: keysym for keysym, character in reversed(_CHARACTERS.items())}


def character(keysym: int) -> str | None:
    """The character that a keysym types; None for function keys, the keypad and dead keys.

    Of the older sets it knows the alphabets; box drawing, publishing, technical symbols, Katakana
    and Hangul are None too.
    """
    if 0x20 <= keysym <= 0x7E or 0xA0 <= keysym <= 0xFF:
        return chr(keysym)
    if UNICODE + 0x20 <= keysym <= UNICODE + 0x10FFFF:
        return chr(keysym - UNICODE)
    return _CHARACTERS.get(keysym)


def keysym_of(character: str) -> int:
    """The usual keysym of one character: Latin-1, an older set's, or its code point's."""
    code = ord(character)
    if 0x20 <= code <= 0x7E or 0xA0 <= code <= 0xFF:
        return code
    return _KEYSYMS.get(character, UNICODE + code)


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

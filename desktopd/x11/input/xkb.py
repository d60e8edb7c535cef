"""What typing needs of XKB, run in the X thread: the keymap, the state, the events.

The layouts are those of the X Keyboard Extension protocol 1.0. Tested by
tests/x11/test_keyboard.py.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from Xlib.protocol import rq

from desktopd.x11.errors import XError, x_errors
from desktopd.x11.input import xkb_requests as requests
from desktopd.x11.input.keymap import Group, Key, Keymap, KeyType, State
from desktopd.x11.xlib_patches import Display

CORE_KEYBOARD = 0x0100
GROUP_COUNT_BITS = 0x0F

NEW_KEYBOARD_NOTIFY = 0
MAP_NOTIFY = 1
INDICATOR_STATE_NOTIFY = 4
KEY_TYPES = 1 << 0
KEY_SYMS = 1 << 1
MODIFIER_MAP = 1 << 2
INDICATOR_NAMES = 1 << 8
KEY_NAMES = 1 << 9
REPEAT_KEYS = 1 << 0


class XkbEvent(rq.Event):  # type: ignore[misc]  # python-xlib is not typed
    """Any XKB event; nothing is read of it."""

    _code = None
    _fields = rq.Struct(
        rq.Card8("type"), rq.Card8("sub_code"), rq.Card16("sequence_number"), rq.Pad(28)
    )


class KeymapChanged(XkbEvent):
    """XkbNewKeyboardNotify or XkbMapNotify."""


class IndicatorsChanged(XkbEvent):
    """XkbIndicatorStateNotify."""


@dataclass(frozen=True, slots=True)
class Names:
    """The keycodes of XKB's key names (``AC01``), and the bits of indicators by their atoms."""

    keys: dict[str, int]
    indicators: dict[int, int]


@dataclass(frozen=True, slots=True)
class Repeats:
    """When a held key repeats, and how often; milliseconds from 1 to 65535."""

    delay: int
    interval: int


def use(display: Display) -> None:
    """Load XKB and ask for the events above; XError when the server has none."""
    extension = display.query_extension(requests.EXTENSION)
    if not extension:
        raise XError("the X server has no XKEYBOARD: start it with `+kb`")
    engine = display.display
    engine.set_extension_major(requests.EXTENSION, extension.major_opcode)
    for code, kind in (
        (NEW_KEYBOARD_NOTIFY, KeymapChanged),
        (MAP_NOTIFY, KeymapChanged),
        (INDICATOR_STATE_NOTIFY, IndicatorsChanged),
    ):
        engine.add_extension_event(extension.first_event, kind, code)
    with x_errors(display, "XkbUseExtension 1.0"):
        if not requests.UseExtension(**requests.to(display), major=1, minor=0).supported:
            raise XError("the X server does not speak XKB 1.0")
    wanted = 1 << NEW_KEYBOARD_NOTIFY | 1 << MAP_NOTIFY | 1 << INDICATOR_STATE_NOTIFY
    with x_errors(display, "XkbSelectEvents"):
        requests.SelectEvents(
            **requests.to(display),
            device=CORE_KEYBOARD,
            affect=wanted,
            clear=0,
            all=wanted,
            affect_map=0xFF,
            map=0xFF,
        )


def read_state(display: Display) -> State:
    """The modifiers and the group now (XkbGetState)."""
    reply = requests.GetState(**requests.to(display), device=CORE_KEYBOARD)
    return State(
        reply.base,
        reply.latched,
        reply.locked,
        reply.group,
        reply.base_group + reply.latched_group,
    )


def lock(display: Display, affected: int, modifiers: int, unlatched: int, group: int) -> None:
    """Lock those of the `affected` modifiers that are in `modifiers`, unlock the others.

    `unlatched` modifiers are no longer latched, and `group` is locked (XkbLatchLockState).
    """
    requests.LatchLockState(
        **requests.to(display),
        device=CORE_KEYBOARD,
        affect_locks=affected,
        locks=modifiers & affected,
        lock_group=True,
        group=group,
        affect_latches=unlatched,
        latches=0,
        latch_group=False,
        group_latch=0,
    )


def set_repeats(display: Display, repeats: Repeats) -> None:
    """How keys repeat from now on (XkbSetControls)."""
    requests.SetControls(
        **requests.to(display),
        device=CORE_KEYBOARD,
        change=REPEAT_KEYS,
        repeat_delay=repeats.delay,
        repeat_interval=repeats.interval,
    )


def read_indicators(display: Display) -> int:
    """Which indicators are lit, as bits (XkbGetIndicatorState)."""
    return int(requests.GetIndicatorState(**requests.to(display), device=CORE_KEYBOARD).state)


def read_names(display: Display) -> Names:
    """The names of keys and indicators (XkbGetNames)."""
    wanted = INDICATOR_NAMES | KEY_NAMES
    reply = requests.GetNames(**requests.to(display), device=CORE_KEYBOARD, which=wanted)
    bits = [bit for bit in range(32) if reply.indicators >> bit & 1]
    atoms = struct.unpack_from(f"={len(bits)}I", reply.data)
    indicators = dict(zip(atoms, bits, strict=True))
    at = 4 * len(bits)
    keys: dict[str, int] = {}
    for keycode in range(reply.first_key, reply.first_key + reply.keys):
        name = bytes(reply.data[at : at + 4]).rstrip(b"\0").decode("ascii", "replace")
        if name:
            keys[name] = keycode
        at += 4
    return Names(keys, indicators)


def read_keymap(display: Display) -> Keymap:
    """All keys of the core keyboard (XkbGetMap)."""
    reply = requests.GetMap(
        **requests.to(display),
        device=CORE_KEYBOARD,
        full=KEY_TYPES | KEY_SYMS | MODIFIER_MAP,
        partial=0,
    )
    data = bytes(reply.data)
    types, at = _key_types(data, reply.types)
    keys, at = _keys(data, at, reply.first_key, reply.keys, types)
    pairs = [struct.unpack_from("BB", data, at + 2 * n) for n in range(reply.modifier_keys)]
    return Keymap(keys, {keycode: bits for keycode, bits in pairs if bits})


def _key_types(data: bytes, count: int) -> tuple[list[KeyType], int]:
    types, at = [], 0
    for _ in range(count):
        mask, _real, _virtual, _levels, entries, preserve = struct.unpack_from("=BBHBB?x", data, at)
        at += 8
        preserved_at = at + 8 * entries
        levels, preserved = {}, {}
        for n in range(entries):
            active, modifiers, level = struct.unpack_from("=?BB", data, at + 8 * n)
            # An entry for a virtual modifier that no key has never counts.
            if active:
                levels[modifiers] = level
                preserved[modifiers] = data[preserved_at + 4 * n] if preserve else 0
        at = preserved_at + (4 * entries if preserve else 0)
        types.append(KeyType(mask, levels, preserved))
    return types, at


def _keys(
    data: bytes, at: int, first: int, count: int, types: list[KeyType]
) -> tuple[dict[int, Key], int]:
    keys = {}
    for keycode in range(first, first + count):
        *kinds, info, width, total = struct.unpack_from("=4BBBH", data, at)
        symbols = struct.unpack_from(f"={total}I", data, at + 8)
        at += 8 + 4 * total
        groups = tuple(
            Group(types[kinds[n]], symbols[n * width : (n + 1) * width])
            for n in range(info & GROUP_COUNT_BITS)
        )
        keys[keycode] = Key(groups, info & ~GROUP_COUNT_BITS)
    return keys, at

"""The requests of XKB that typing needs, byte by byte (X Keyboard Extension protocol 1.0).

python-xlib has no XKB. What the answers mean is in xkb. Tested by tests/x11/test_keyboard.py.
"""

from __future__ import annotations

from typing import Any

from Xlib.protocol import rq

from desktopd.x11.xlib_patches import Display

EXTENSION = "XKEYBOARD"


def to(display: Display) -> dict[str, Any]:
    """Where a request goes: its first two arguments."""
    engine = display.display
    return {"display": engine, "opcode": engine.get_extension_major(EXTENSION)}


def _head(minor: int) -> tuple[Any, ...]:
    return rq.Card8("opcode"), rq.Opcode(minor), rq.RequestLength()


def _reply_head() -> tuple[Any, ...]:
    return rq.ReplyCode(), rq.Card8("device"), rq.Card16("sequence_number"), rq.ReplyLength()


class UseExtension(rq.ReplyRequest):  # type: ignore[misc]
    """XkbUseExtension: which version the server speaks."""

    _request = rq.Struct(*_head(0), rq.Card16("major"), rq.Card16("minor"))
    _reply = rq.Struct(
        rq.ReplyCode(),
        rq.Bool("supported"),
        rq.Card16("sequence_number"),
        rq.ReplyLength(),
        rq.Pad(24),
    )


class SelectEvents(rq.Request):  # type: ignore[misc]
    """XkbSelectEvents."""

    _request = rq.Struct(
        *_head(1),
        rq.Card16("device"),
        rq.Card16("affect"),
        rq.Card16("clear"),
        rq.Card16("all"),
        rq.Card16("affect_map"),
        rq.Card16("map"),
    )


class GetState(rq.ReplyRequest):  # type: ignore[misc]
    """XkbGetState."""

    _request = rq.Struct(*_head(4), rq.Card16("device"), rq.Pad(2))
    _reply = rq.Struct(
        *_reply_head(),
        rq.Card8("modifiers"),
        rq.Card8("base"),
        rq.Card8("latched"),
        rq.Card8("locked"),
        rq.Card8("group"),
        rq.Card8("locked_group"),
        rq.Int16("base_group"),
        rq.Int16("latched_group"),
        rq.Pad(14),
    )


class LatchLockState(rq.Request):  # type: ignore[misc]
    """XkbLatchLockState."""

    _request = rq.Struct(
        *_head(5),
        rq.Card16("device"),
        rq.Card8("affect_locks"),
        rq.Card8("locks"),
        rq.Bool("lock_group"),
        rq.Card8("group"),
        rq.Card8("affect_latches"),
        rq.Card8("latches"),
        rq.Pad(1),
        rq.Bool("latch_group"),
        rq.Int16("group_latch"),
    )


class SetControls(rq.Request):  # type: ignore[misc]
    """XkbSetControls, as far as it is about auto-repeat, in milliseconds."""

    _request = rq.Struct(
        *_head(7),
        rq.Card16("device"),
        rq.Pad(26),
        rq.Card32("change"),
        rq.Card16("repeat_delay"),
        rq.Card16("repeat_interval"),
        rq.Pad(60),
    )


class GetMap(rq.ReplyRequest):  # type: ignore[misc]
    """XkbGetMap; `data` is what xkb reads."""

    _request = rq.Struct(
        *_head(8), rq.Card16("device"), rq.Card16("full"), rq.Card16("partial"), rq.Pad(18)
    )
    _reply = rq.Struct(
        *_reply_head(),
        rq.Pad(2),
        rq.Card8("min_keycode"),
        rq.Card8("max_keycode"),
        rq.Card16("present"),
        rq.Card8("first_type"),
        rq.Card8("types"),
        rq.Card8("total_types"),
        rq.Card8("first_key"),
        rq.Card16("total_syms"),
        rq.Card8("keys"),
        rq.Pad(12),
        rq.Card8("modifier_keys"),
        rq.Pad(6),
        rq.Binary("data"),
    )


class GetIndicatorState(rq.ReplyRequest):  # type: ignore[misc]
    """XkbGetIndicatorState."""

    _request = rq.Struct(*_head(12), rq.Card16("device"), rq.Pad(2))
    _reply = rq.Struct(*_reply_head(), rq.Card32("state"), rq.Pad(20))


class GetNames(rq.ReplyRequest):  # type: ignore[misc]
    """XkbGetNames; `data` is what xkb reads."""

    _request = rq.Struct(*_head(17), rq.Card16("device"), rq.Pad(2), rq.Card32("which"))
    _reply = rq.Struct(
        *_reply_head(),
        rq.Card32("which"),
        rq.Card8("min_keycode"),
        rq.Card8("max_keycode"),
        rq.Card8("types"),
        rq.Card8("groups"),
        rq.Card16("virtual_modifiers"),
        rq.Card8("first_key"),
        rq.Card8("keys"),
        rq.Card32("indicators"),
        rq.Pad(8),
        rq.Binary("data"),
    )

"""The physical keys of a PC keyboard: from XT scan codes to XKB's key names.

The scan codes are those of the QEMU extended key event (rfbproto): set 1, where a code that follows
0xE0 has the bit 0x80. The key names are those of the XKB keycodes ``evdev`` and ``xfree86``. Tested
by tests/x11/test_keyboard.py.
"""

from __future__ import annotations

_RUNS = {
    0x01: "ESC",
    0x02: "AE01 AE02 AE03 AE04 AE05 AE06 AE07 AE08 AE09 AE10 AE11 AE12 BKSP TAB",
    0x10: "AD01 AD02 AD03 AD04 AD05 AD06 AD07 AD08 AD09 AD10 AD11 AD12 RTRN LCTL",
    0x1E: "AC01 AC02 AC03 AC04 AC05 AC06 AC07 AC08 AC09 AC10 AC11 TLDE LFSH BKSL",
    0x2C: "AB01 AB02 AB03 AB04 AB05 AB06 AB07 AB08 AB09 AB10 RTSH KPMU LALT SPCE CAPS",
    0x3B: "FK01 FK02 FK03 FK04 FK05 FK06 FK07 FK08 FK09 FK10 NMLK SCLK",
    0x47: "KP7 KP8 KP9 KPSU KP4 KP5 KP6 KPAD KP1 KP2 KP3 KP0 KPDL PRSC",
    0x55: "FK16 LSGT FK11 FK12 KPEQ FK20",
    0x5D: "FK13 FK14 FK15",
    0x64: "OPEN PAST",
    0x70: "HKTG HJCV HNGL AB11",
    0x77: "HIRA KATA HENK",
    0x7B: "MUHE",
    0x7D: "AE13 KPPT",
    0x85: "AGAI PROP UNDO",
    0x9C: "KPEN RCTL",
    0xA0: "MUTE",
    0xAE: "VOL-",
    0xB0: "VOL+",
    0xB5: "KPDV",
    0xB7: "PRSC RALT",
    0xBC: "CUT",
    0xC1: "FIND",
    0xC6: "PAUS HOME UP PGUP",
    0xCB: "LEFT",
    0xCD: "RGHT",
    0xCF: "END DOWN PGDN INS DELE",
    0xDB: "LWIN RWIN COMP POWR",
    0xF5: "HELP",
    0xF8: "COPY",
}

KEY_NAMES: dict[int, str] = {
    scancode: name
    for first, names in _RUNS.items()
    for scancode, name in enumerate(names.split(), first)
}

"""Text that viewers type arrives as that text, whatever the layout, the locks and the server."""

import re

import pytest
from Xlib import XK

from desktopd.x11.input.keysyms import keysym_of
from tests.x11.desk import LAYOUTS, typing_on

SHIFT = 0x01
TEXT = "aZ q1!@€{}[]\\|~^`'\"ßéÀñøЯяЖж中😀→½.,;:<>/?Ω"

LOCKS = [(), (XK.XK_Caps_Lock,), (XK.XK_Num_Lock,)]


@pytest.mark.parametrize("layout", LAYOUTS)
async def test_text_arrives_whatever_the_layout_and_the_locks(desk, eventually, layout):
    desk.layout(layout)
    for locks in LOCKS:
        desk.tap(*locks)
        before = await desk.state()
        desk.recorder.clear()
        desk.type(TEXT)
        await eventually(desk.recorder.typed, TEXT)
        assert await desk.state() == before, locks
        assert await desk.held() == []
        desk.tap(*locks)


@pytest.mark.parametrize("kind", ["xdummy", "xvnc"])
async def test_other_servers_are_typed_on_too(start, connect, folder, eventually, kind):
    server = start(kind)
    async with typing_on(server, await connect(server), folder, eventually) as desk:
        for count, layout in enumerate(("de", "us-ru"), 1):
            desk.layout(layout)
            desk.type(TEXT)
            await eventually(desk.recorder.typed, TEXT * count)


async def test_nothing_is_pressed_that_the_viewer_did_not_press(desk, eventually):
    desk.type("aB@я")
    await eventually(lambda: len(desk.recorder.key_events()), 8)
    assert desk.recorder.typed() == "aB@я"
    assert desk.recorder.presses()[1].state == SHIFT


async def test_closing_gives_the_keymap_back(desk, eventually):
    def keymap() -> str:
        return desk.server.run("xmodmap", "-pke")

    before = keymap()
    text = "".join(chr(code) for code in range(0x4E00, 0x4E00 + 40))
    desk.type(text)
    desk.down(0x61)
    # X repeats a key whose release comes late.
    await eventually(lambda: re.sub(r"(.)\1+", r"\1", desk.recorder.typed()), text + "a")
    assert keymap() != before
    await desk.keyboard.close()
    assert keymap() == before
    assert await desk.held() == []


async def test_keys_that_are_held_are_not_bound_anew(desk, eventually):
    held = [chr(code) for code in range(0x4E00, 0x4E00 + 30)]
    desk.down(*map(keysym_of, held))
    desk.type("".join(chr(code) for code in range(0x5000, 0x5000 + 60)))
    # X repeats the last of them where this takes long.
    await eventually(lambda: len(desk.recorder.presses()) >= 90)
    desk.up(*map(keysym_of, held))
    await eventually(
        lambda: [chr(key.keysym - 0x0100_0000) for key in desk.recorder.key_events()[-30:]], held
    )

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from Xlib import XK

from desktopd.x11.connection import Connection, Display
from desktopd.x11.input import xkb
from desktopd.x11.input.keyboard import Keyboard, Leds
from desktopd.x11.input.keysyms import keysym_of
from desktopd.x11.input.pointer import Pointer
from tests.x11.recorder import Recorder, focus, recording

if TYPE_CHECKING:
    from conftest import Server

SHIFT, LOCK, CONTROL, ALT, NUM, LEVEL3 = 0x01, 0x02, 0x04, 0x08, 0x10, 0x80
ISO_LEVEL3_SHIFT, ISO_LEFT_TAB, AUDIO_PLAY = 0xFE03, 0xFE20, 0x1008FF14
XT_A, XT_EQUAL, XT_LEFT, XT_LESS, XT_RIGHT_CONTROL = 0x1E, 0x0D, 0xCB, 0x56, 0x9D
KEYCODE_A, KEYCODE_LEFT, KEYCODE_LESS = 38, 113, 94  # evdev
LAYOUTS = {
    "us": ["us"],
    "de": ["de"],
    "de-nodeadkeys": ["de", "-variant", "nodeadkeys"],
    "fr": ["fr"],
    "ru": ["ru"],
    "us-intl": ["us", "-variant", "intl"],
    "us-ru": ["us,ru", "-option", "grp:alt_shift_toggle"],
}
TEXT = "aZ q1!@€{}[]\\|~^`'\"ßéÀñøЯяЖж中😀→½.,;:<>/?Ω"

Eventually = Callable[..., Awaitable[None]]


class Desk:
    """A display with a client that records, and the hands of a viewer."""

    def __init__(
        self, server: Server, keyboard: Keyboard, connection: Connection, recorder: Recorder
    ) -> None:
        self.server = server
        self.keyboard = keyboard
        self.connection = connection
        self.recorder = recorder
        self.viewer = keyboard.viewer()

    def down(self, *keysyms: int) -> None:
        for keysym in keysyms:
            self.viewer.key(keysym, True)

    def up(self, *keysyms: int) -> None:
        for keysym in keysyms:
            self.viewer.key(keysym, False)

    def tap(self, *keysyms: int) -> None:
        for keysym in keysyms:
            self.down(keysym)
            self.up(keysym)

    def type(self, text: str) -> None:
        self.tap(*map(keysym_of, text))

    def layout(self, name: str) -> None:
        self.server.run("setxkbmap", "-option", "")
        self.server.run("setxkbmap", *LAYOUTS[name])

    def seen(self) -> list[tuple[bool, int]]:
        """Presses (True) and releases with their keysyms."""
        return [(key.press, key.keysym) for key in self.recorder.key_events()]

    def pressed(self) -> list[tuple[int, int]]:
        """The keysyms of presses with their modifiers."""
        return [(key.keysym, key.state) for key in self.recorder.presses()]

    async def settle(self, eventually: Eventually) -> None:
        """Let the client read the keymap, as it does for the first key that it gets.

        Xlib asks for news of the keymap only after it has read it: what is bound between the two
        stays unknown to it.
        """
        self.tap(XK.XK_Control_R)
        await eventually(lambda: len(self.recorder.key_events()), 2)
        self.recorder.clear()

    async def held(self) -> list[int]:
        """The keycodes that are down for X."""
        bitmap = await self.connection.call(lambda display: display.query_keymap())
        return [keycode for keycode in range(256) if bitmap[keycode // 8] >> keycode % 8 & 1]

    async def state(self) -> tuple[int, int]:
        """Modifiers and group of X."""
        state = await self.connection.call(xkb.read_state)
        return state.modifiers, state.group


@pytest.fixture
async def desk(start, connect, folder: Path, eventually: Eventually) -> AsyncIterator[Desk]:
    server = start()
    connection = await connect(server)
    with ExitStack() as stack:
        keyboard = await Keyboard.open(connection)
        recorder = stack.enter_context(recording(server, folder))
        await focus(connection)
        desk = Desk(server, keyboard, connection, recorder)
        await desk.settle(eventually)
        yield desk


@pytest.mark.parametrize("lock", [None, XK.XK_Caps_Lock, XK.XK_Num_Lock])
@pytest.mark.parametrize("layout", LAYOUTS)
async def test_text_arrives_whatever_the_layout(desk, eventually, layout, lock):
    desk.layout(layout)
    if lock:
        desk.tap(lock)
    before = await desk.state()
    desk.type(TEXT)
    await eventually(desk.recorder.typed, TEXT)
    assert await desk.state() == before
    assert await desk.held() == []


@pytest.mark.parametrize("kind", ["xdummy", "xvnc"])
async def test_other_servers_are_typed_on_too(start, connect, folder, eventually, kind):
    server = start(kind)
    connection = await connect(server)
    keyboard = await Keyboard.open(connection)
    with recording(server, folder) as recorder:
        await focus(connection)
        desk = Desk(server, keyboard, connection, recorder)
        await desk.settle(eventually)
        for count, layout in enumerate(("de", "us-ru"), 1):
            desk.layout(layout)
            desk.type(TEXT)
            await eventually(recorder.typed, TEXT * count)


async def test_nothing_is_pressed_that_the_viewer_did_not_press(desk, eventually):
    desk.type("aB@я")
    await eventually(lambda: len(desk.recorder.key_events()), 8)
    assert desk.recorder.typed() == "aB@я"
    assert desk.recorder.presses()[1].state == SHIFT


async def test_a_shift_held_by_the_viewer_stays_where_it_fits(desk, eventually):
    desk.down(XK.XK_Shift_L)
    desk.type("A@Я")
    desk.up(XK.XK_Shift_L)
    desk.type("a")
    await eventually(desk.recorder.typed, "A@Яa")
    assert desk.pressed()[1:] == [(0x41, SHIFT), (0x40, SHIFT), (0x6F1, SHIFT), (0x61, 0)]


async def test_a_shift_held_by_the_viewer_is_lifted_for_a_moment(desk, eventually):
    desk.down(XK.XK_Shift_L)
    desk.type("1")
    desk.type("A")
    desk.up(XK.XK_Shift_L)
    shift = XK.XK_Shift_L
    await eventually(
        desk.seen,
        [
            *((True, shift), (False, shift), (True, 0x31), (True, shift)),
            *((False, 0x21), (True, 0x41), (False, 0x41), (False, shift)),
        ],
    )
    assert await desk.held() == []


async def test_alt_gr_held_by_the_viewer(desk, eventually):
    desk.layout("de")
    desk.down(ISO_LEVEL3_SHIFT)
    desk.type("@€{")
    desk.up(ISO_LEVEL3_SHIFT)
    await eventually(desk.recorder.typed, "@€{")
    assert desk.pressed()[1:] == [(0x40, LEVEL3), (0x20AC, LEVEL3), (0x7B, LEVEL3)]
    desk.layout("us")
    desk.down(ISO_LEVEL3_SHIFT)
    desk.type("@€{a")
    desk.up(ISO_LEVEL3_SHIFT)
    await eventually(desk.recorder.typed, "@€{@€{a")


async def test_shortcuts_keep_their_modifiers(desk, eventually):
    shift, control, alt = XK.XK_Shift_L, XK.XK_Control_L, XK.XK_Alt_L
    for held, key in (
        ((control,), 0x63),  # c
        ((control, shift), 0x5A),  # Z
        ((control, alt), XK.XK_Delete),
        ((shift,), XK.XK_Tab),
        ((shift,), ISO_LEFT_TAB),
        ((shift, alt), XK.XK_Left),
        ((shift,), alt),
    ):
        desk.down(*held)
        desk.tap(key)
        desk.up(*held)
    await eventually(lambda: len(desk.recorder.presses()), 17)
    assert [(k.keycode, k.state) for k in desk.recorder.presses() if k.state] == [
        (54, CONTROL),
        *((50, CONTROL), (52, CONTROL | SHIFT)),
        *((64, CONTROL), (119, CONTROL | ALT)),
        (23, SHIFT),
        (23, SHIFT),
        *((64, SHIFT), (113, SHIFT | ALT)),
        (64, SHIFT),
    ]


async def test_a_shortcut_by_a_character_that_the_layout_lacks_is_the_key_at_its_place(
    desk, eventually
):
    cyrillic_es, xt_c, xt_semicolon = 0x6D3, 0x2E, 0x27

    def tap(keysym: int, scancode: int) -> None:
        for down in (True, False):
            desk.viewer.key(keysym, down, scancode)

    # Typed as text, it has a spare key, which is none of the layout.
    tap(cyrillic_es, xt_c)
    for held in (XK.XK_Control_L, XK.XK_Alt_L):
        desk.down(held)
        tap(cyrillic_es, xt_c)
        tap(XK.XK_odiaeresis, xt_semicolon)
        desk.up(held)
    await desk.connection.ping()
    desk.layout("de")
    desk.down(XK.XK_Control_L)
    tap(XK.XK_odiaeresis, xt_semicolon)
    desk.up(XK.XK_Control_L)
    c, semicolon = XK.XK_c, XK.XK_semicolon
    await eventually(
        lambda: [key for key in desk.pressed() if key[0] not in (XK.XK_Control_L, XK.XK_Alt_L)],
        [
            (cyrillic_es, 0),
            *((c, CONTROL), (semicolon, CONTROL), (c, ALT), (semicolon, ALT)),
            (XK.XK_odiaeresis, CONTROL),
        ],
    )
    assert await desk.held() == []


async def test_caps_lock_and_a_shortcut(desk, eventually):
    desk.tap(XK.XK_Caps_Lock)
    desk.down(XK.XK_Control_L)
    desk.type("c")
    desk.up(XK.XK_Control_L)
    desk.type("C")
    await eventually(lambda: desk.pressed()[2:], [(0x63, CONTROL), (0x43, LOCK)])


async def test_keypad(desk, eventually):
    keys = [XK.XK_KP_1, XK.XK_KP_End, XK.XK_KP_Enter, XK.XK_KP_Decimal, XK.XK_KP_Separator]
    desk.tap(*keys, XK.XK_Num_Lock, *keys)
    await eventually(
        lambda: [keysym for keysym, _ in desk.pressed()], [*keys, XK.XK_Num_Lock, *keys]
    )
    assert not any(state & SHIFT for _, state in desk.pressed())


async def test_media_keys_and_keys_that_no_layout_has(desk, eventually):
    keys = [AUDIO_PLAY, 0x1008FF8B, XK.XK_F35, XK.XK_Hiragana, 0x1000_0123]
    desk.tap(*keys)
    await eventually(lambda: [keysym for keysym, _ in desk.pressed()], keys)


async def test_a_release_goes_to_the_key_that_was_pressed(desk, eventually):
    desk.down(XK.XK_Shift_L, 0x41)
    desk.up(XK.XK_Shift_L)
    desk.up(0x61)  # the viewer calls the key by another name now
    desk.viewer.key(0x41, True, XT_A)
    desk.viewer.key(0x44F, False, XT_A)
    desk.down(0x6D1)
    await eventually(lambda: len(desk.recorder.key_events()), 7)
    desk.server.run("setxkbmap", "ru")
    desk.up(0x6D1)
    await eventually(lambda: len(desk.recorder.key_events()), 8)
    assert await desk.held() == []


async def test_a_release_of_what_was_not_pressed_is_nothing(desk, eventually):
    desk.up(0x61, XK.XK_Shift_L)
    desk.type("b")
    await eventually(desk.seen, [(True, 0x62), (False, 0x62)])


async def test_a_key_is_down_until_the_last_viewer_releases_it(desk, eventually):
    other = desk.keyboard.viewer()
    desk.down(XK.XK_Shift_L)
    other.key(XK.XK_Shift_L, True)
    desk.up(XK.XK_Shift_L)
    await desk.connection.ping()
    assert await desk.held() == [50]
    other.key(0x41, True)
    desk.down(0x41)
    other.key(0x41, False)
    assert await desk.held() == [KEYCODE_A, 50]
    other.release_all()
    assert await desk.held() == [KEYCODE_A]
    desk.viewer.release_all()
    assert await desk.held() == []
    desk.type("b")
    await eventually(desk.recorder.typed, "AAb")


async def test_scan_codes_choose_among_keys_with_one_keysym(desk, eventually):
    desk.layout("us")
    desk.viewer.key(0x3C, True, XT_LESS)
    desk.viewer.key(0x3C, False, XT_LESS)
    desk.viewer.key(XK.XK_Control_R, True, XT_RIGHT_CONTROL)
    desk.viewer.key(XK.XK_Control_R, False, XT_RIGHT_CONTROL)
    desk.server.run("xmodmap", "-e", "keycode 191 = a")
    desk.type("a")
    for scancode in (XT_A, 0x5D):
        desk.viewer.key(0x61, True, scancode)
        desk.viewer.key(0x61, False, scancode)
    await eventually(
        lambda: [key.keycode for key in desk.recorder.presses()],
        [KEYCODE_LESS, 105, KEYCODE_A, KEYCODE_A, 191],
    )


async def test_a_key_that_is_new_is_typed_on_before_the_loop_hears_of_it(desk, eventually):
    """The X thread has read the event, and types, while this test holds the loop up."""

    def wait_for_the_x_thread() -> None:
        done = threading.Event()
        desk.connection.post(lambda display: done.set())
        assert done.wait(10)

    # The first key made X tell of a keymap; from the second on it is known.
    await desk.settle(eventually)
    desk.server.run("xmodmap", "-e", "keycode 191 = a")
    desk.connection.post(Display.sync)
    wait_for_the_x_thread()
    desk.viewer.key(0x61, True, 0x5D)
    desk.viewer.key(0x61, False, 0x5D)
    wait_for_the_x_thread()
    await eventually(lambda: [key.keycode for key in desk.recorder.presses()], [191])


async def test_without_a_keysym_the_physical_key_is_pressed_unless_it_types(desk, eventually):
    for scancode in (XT_LEFT, XT_EQUAL, 0x7F):  # XT_EQUAL is a dead key on German keyboards
        desk.viewer.key(0, True, scancode)
        desk.viewer.key(0, False, scancode)
    desk.viewer.key(0, True)
    desk.type("b")
    await eventually(lambda: [key.keycode for key in desk.recorder.presses()], [KEYCODE_LEFT, 56])


async def test_locks_are_told_as_leds(desk, eventually):
    told: list[Leds] = []
    desk.keyboard.on_leds(told.append)
    assert desk.keyboard.leds == Leds()
    desk.tap(XK.XK_Caps_Lock)
    await eventually(lambda: told, [Leds(caps=True)])
    desk.type("abc")  # types it without the lock, for a moment
    desk.tap(XK.XK_Num_Lock)
    await eventually(lambda: told, [Leds(caps=True), Leds(caps=True, num=True)])
    desk.tap(XK.XK_Caps_Lock)
    await eventually(lambda: desk.keyboard.leds, Leds(num=True))
    assert len(told) == 3
    desk.server.run("xdotool", "key", "Num_Lock")
    await eventually(lambda: desk.keyboard.leds, Leds())


async def test_closing_gives_the_keymap_back(desk, eventually):
    def keymap() -> str:
        return desk.server.run("xmodmap", "-pke")

    before = keymap()
    text = "".join(chr(code) for code in range(0x4E00, 0x4E00 + 40))
    desk.type(text)
    desk.down(0x61)
    await eventually(desk.recorder.typed, text + "a")
    assert keymap() != before
    await desk.keyboard.close()
    assert keymap() == before
    assert await desk.held() == []


async def test_keys_that_are_held_are_not_bound_anew(desk, eventually):
    held = [chr(code) for code in range(0x4E00, 0x4E00 + 30)]
    desk.down(*map(keysym_of, held))
    desk.type("".join(chr(code) for code in range(0x5000, 0x5000 + 60)))
    await eventually(lambda: len(desk.recorder.presses()), 90)
    desk.up(*map(keysym_of, held))
    await eventually(
        lambda: [chr(key.keysym - 0x0100_0000) for key in desk.recorder.key_events()[-30:]], held
    )


async def test_keys_and_the_pointer_keep_their_order(desk, eventually):
    mouse = (await Pointer.open(desk.connection)).viewer()
    mouse.event(10, 20, 0)
    desk.down(XK.XK_Control_L)
    mouse.event(10, 20, 1)
    mouse.event(10, 20, 0)
    desk.up(XK.XK_Control_L)
    await eventually(lambda: len(desk.recorder.key_events()) + len(desk.recorder.buttons()), 4)
    assert desk.recorder.kinds() == ["KeyPress", "ButtonPress", "ButtonRelease", "KeyRelease"]

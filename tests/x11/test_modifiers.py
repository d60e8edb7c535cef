"""Modifiers and locks: what the viewer holds, what its keys need, and what programs see of both."""

from Xlib import XK

from desktopd.x11.input.keyboard import Leds

SHIFT, LOCK, CONTROL, ALT, LEVEL3 = 0x01, 0x02, 0x04, 0x08, 0x80
ISO_LEVEL3_SHIFT, ISO_LEFT_TAB = 0xFE03, 0xFE20


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

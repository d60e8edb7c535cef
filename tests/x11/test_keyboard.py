"""Keys: which one is pressed for what viewers say, until when it is down, and in what order."""

import threading

from Xlib import XK

from desktopd.x11.connection import Display
from desktopd.x11.input.pointer import Pointer

AUDIO_PLAY = 0x1008FF14
XT_A, XT_EQUAL, XT_LEFT, XT_LESS, XT_RIGHT_CONTROL = 0x1E, 0x0D, 0xCB, 0x56, 0x9D
KEYCODE_A, KEYCODE_LEFT, KEYCODE_LESS = 38, 113, 94  # evdev


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


async def test_keys_and_the_pointer_keep_their_order(desk, eventually):
    mouse = (await Pointer.open(desk.connection)).viewer()
    mouse.event(10, 20, 0)
    desk.down(XK.XK_Control_L)
    mouse.event(10, 20, 1)
    mouse.event(10, 20, 0)
    desk.up(XK.XK_Control_L)
    await eventually(lambda: len(desk.recorder.key_events()) + len(desk.recorder.buttons()), 4)
    assert desk.recorder.kinds() == ["KeyPress", "ButtonPress", "ButtonRelease", "KeyRelease"]

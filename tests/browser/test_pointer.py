"""What a browser's pointer becomes on the wire."""

from __future__ import annotations

from desktopd.rfb.protocol.input_events import PointerEvent
from tests.browser.peer import Peer
from tests.chromium import Tab
from tests.daemon import until

DOWN, UP, RIGHT = 1 << 4, 1 << 3, 1 << 6


def pressed(server: Peer) -> list[int]:
    """The buttons of every message, as bits."""
    return [message.buttons for message in server.heard if isinstance(message, PointerEvent)]


def clicks(server: Peer, button: int) -> int:
    """How often a button was pressed."""
    return sum(bool(buttons & button) for buttons in pressed(server))


def test_a_wheel_turns_as_far_as_it_is_turned(server: Peer, page: Tab) -> None:
    page.page.locator("#desktop canvas").hover()
    mouse = page.page.mouse
    for _ in range(5):
        mouse.wheel(0, 120)
    until(lambda: clicks(server, DOWN) == 5, 10, "five clicks")
    mouse.wheel(0, -1000)
    until(lambda: clicks(server, UP) == 20, 10, "as many clicks as the scroll is long")
    for _ in range(10):
        mouse.wheel(10, 0)
    until(lambda: clicks(server, RIGHT) == 2, 10, "what a trackpad scrolls")
    until(lambda: pressed(server)[-1] == 0, 10, "the release")
    assert clicks(server, DOWN) == 5

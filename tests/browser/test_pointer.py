"""What a browser's pointer, wheel and touch screen become on the wire."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext

from desktopd.rfb.protocol.encodings import Encoding
from desktopd.rfb.protocol.input_events import KeyEvent, PointerEvent
from tests.browser.chrome_input import ChromeInput
from tests.browser.conftest import GREEN, HEIGHT, RED, WIDTH, OpenTab, drawn, near, visit
from tests.browser.peer import Peer, peer, rectangle, tight_fill
from tests.chromium import Tab
from tests.daemon import until

LEFT, MIDDLE, UP, DOWN, RIGHT = 1 << 0, 1 << 1, 1 << 3, 1 << 4, 1 << 6
MENU, BACK, FORWARD = 1 << 2, 1 << 7, 1 << 8

Told = list[tuple[int, int, int]]


def told(server: Peer) -> Told:
    """Place and buttons of every message; what is said again is left out."""
    points = [(m.x, m.y, m.buttons) for m in server.heard if isinstance(m, PointerEvent)]
    return [one for one, before in zip(points, [None, *points], strict=False) if one != before]


def pressed(server: Peer) -> list[int]:
    """The buttons of every message, as bits."""
    return [buttons for _, _, buttons in told(server)]


def clicks(server: Peer, button: int) -> int:
    """How often a button was pressed."""
    return sum(bool(buttons & button) for buttons in pressed(server))


def forget(server: Peer) -> None:
    """Begin anew, when all has come that was under way."""
    server.settle(b"forget")
    server.heard.clear()


def test_a_wheel_turns_as_far_as_it_is_turned(server: Peer, page: Tab) -> None:
    page.page.locator("#desktop canvas").hover()
    mouse = page.page.mouse
    for _ in range(5):
        mouse.wheel(0, 120)
    until(lambda: clicks(server, DOWN) == 5, 30, "five clicks")
    mouse.wheel(0, -960)
    until(lambda: clicks(server, UP) == 16, 30, "as many clicks as the scroll is long")
    for _ in range(12):
        mouse.wheel(10, 0)
    until(lambda: clicks(server, RIGHT) == 2, 30, "what a trackpad scrolls")
    until(lambda: pressed(server)[-1] == 0, 30, "the release")
    assert clicks(server, DOWN) == 5


def fill(page: Tab) -> ChromeInput:
    """Have the picture fill the window, so that its places are the window's."""
    page.page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    canvas = page.page.locator("#desktop canvas")
    until(lambda: (canvas.bounding_box() or {})["x"] == 0, 30, "a picture in the corner")
    return ChromeInput(page.page)


def test_buttons_of_the_browser_are_the_desktops(server: Peer, page: Tab) -> None:
    chrome = fill(page)
    server.update(rectangle(0, 0, 0, 0, Encoding.EXTENDED_MOUSE_BUTTONS))
    forget(server)
    for name, bit in [("middle", 4), ("right", 2), ("back", 8), ("forward", 16)]:
        chrome.mouse("mousePressed", 100, 100, button=name, buttons=bit, clickCount=1)
        chrome.mouse("mouseReleased", 100, 100, button=name, buttons=0, clickCount=1)
    wanted = [MIDDLE, MENU, BACK, FORWARD]
    until(lambda: len(told(server)) >= 2 * len(wanted), 30, "all buttons")
    assert told(server)[-8:] == [(100, 100, b) for one in wanted for b in (one, 0)]
    assert page.page.url.startswith(server.page)


def test_a_release_that_was_lost_is_made_up_for(server: Peer, page: Tab) -> None:
    chrome = fill(page)
    chrome.mouse("mousePressed", 100, 100, button="left", buttons=1)
    until(lambda: clicks(server, LEFT), 30, "a press")
    chrome.mouse("mouseMoved", 110, 100, button="none", buttons=0)
    until(lambda: told(server)[-1] == (110, 100, 0), 30, "a release")
    # A button that was pressed elsewhere is not pressed here.
    chrome.mouse("mouseMoved", 120, 100, button="left", buttons=1)
    until(lambda: told(server)[-1] == (120, 100, 0), 30, "a move")


FRAME = """<body style="margin: 0"><iframe src="{page}?resize=off&bar=0"
    style="border: 0; width: 300px; height: 300px"></iframe></body>"""


def test_a_button_is_released_outside_of_a_frame(
    server: Peer, context: BrowserContext, tab: OpenTab
) -> None:
    address = server.page + "frame.html"
    context.route(
        address,
        lambda route: route.fulfill(body=FRAME.format(page=server.page), content_type="text/html"),
    )
    around = tab(address)
    until(server.wanted, 20, "a viewer")
    server.update(tight_fill(0, 0, WIDTH, HEIGHT, GREEN))
    server.settle(b"drawn")
    mouse = around.page.mouse
    mouse.move(100, 100)
    until(lambda: told(server), 20, "a pointer")
    mouse.down()
    mouse.move(200, 600)
    until(lambda: told(server)[-1][2] == LEFT and told(server)[-1][0] == 200, 30, "a drag")
    mouse.up()
    until(lambda: told(server)[-1][2] == 0, 30, "a release")
    assert clicks(server, LEFT) >= 2


@pytest.fixture(scope="module")
def looked_at(chromium: Browser) -> Iterator[Tab]:
    """A page that no test changes."""
    with peer(WIDTH, HEIGHT) as server:
        context = chromium.new_context()
        one = Tab(context.new_page())
        one.page.goto(server.page)
        until(server.wanted, 20, "a viewer")
        yield one
        context.close()


@pytest.fixture
def touched(server: Peer, chromium: Browser) -> Iterator[Tab]:
    """The page on a device with a touch screen."""
    context = chromium.new_context(viewport={"width": WIDTH, "height": HEIGHT}, has_touch=True)

    def open_tab(address: str) -> Tab:
        one = Tab(context.new_page())
        one.page.goto(address)
        return one

    page = visit(server, open_tab)
    forget(server)
    yield page
    assert page.page.evaluate("visualViewport.scale") == 1
    assert page.page.evaluate("[scrollX, scrollY, getSelection().toString()]") == [0, 0, ""]
    assert page.errors == []
    context.close()


def test_one_finger(server: Peer, touched: Tab) -> None:
    chrome = ChromeInput(touched.page)
    for _ in range(2):
        with chrome.fingers((50, 60)):
            pass
    until(lambda: len(told(server)) == 4, 30, "a double click")
    assert told(server) == [(50, 60, LEFT), (50, 60, 0)] * 2
    forget(server)
    with chrome.fingers((100, 100)):
        for x in range(104, 200, 4):
            chrome.touch("touchMove", (x, 100))
    until(lambda: told(server)[-1:] == [(196, 100, 0)], 30, "a drag")
    places = [x for x, _, buttons in told(server) if buttons == LEFT]
    assert places[0] == 100
    assert max(after - before for before, after in itertools.pairwise(places)) < 16
    forget(server)
    with chrome.fingers((150, 100)):
        until(lambda: told(server) == [(150, 100, MENU)], 30, "a long press")
    until(lambda: told(server)[-1] == (150, 100, 0), 30, "its end")


def test_two_fingers(server: Peer, touched: Tab) -> None:
    chrome = ChromeInput(touched.page)
    with chrome.fingers((100, 100), (200, 100)):
        pass
    until(lambda: told(server) == [(150, 100, MENU), (150, 100, 0)], 30, "a right click")
    forget(server)
    with chrome.fingers((100, 50), (200, 50)):
        for y in range(55, 171, 5):
            chrome.touch("touchMove", (100, y), (200, y))
    until(lambda: clicks(server, UP) == 2, 30, "a scroll along with the fingers")
    assert {(x, y) for x, y, _ in told(server)} == {(150, 50)}
    forget(server)
    with chrome.fingers((250, 100), (350, 100)):
        for away in range(0, 55, 5):
            chrome.touch("touchMove", (250 - away, 100), (350 + away, 100))
    # napari shows its picture 1.233 times as large for a click: 3 of them for twice as large.
    until(lambda: clicks(server, UP) == 3, 30, "a pinch to twice the size")
    keys = [(key.keysym, key.down) for key in server.heard if isinstance(key, KeyEvent)]
    assert keys == [(0xFFE3, True), (0xFFE3, False)] * 3


def test_the_pointer_moves_the_view_when_it_is_asked_to(server: Peer, tab: OpenTab) -> None:
    page = tab(server.page + "?resize=off&bar=0&clip=1")
    page.page.set_viewport_size({"width": 320, "height": 200})
    until(server.wanted, 20, "a viewer")
    server.update(tight_fill(0, 0, WIDTH, HEIGHT, GREEN), tight_fill(100, 50, 32, 32, RED))
    server.settle(b"drawn")
    page.page.evaluate("document.querySelector('#bar-drag').click()")
    mouse = page.page.mouse
    mouse.move(200, 150)
    until(lambda: told(server)[-1:] == [(200, 150, 0)], 30, "a pointer")
    mouse.down()
    mouse.move(100, 100, steps=5)
    mouse.up()
    assert near(drawn(page)[:32, :32], RED, 0)
    forget(server)
    mouse.click(100, 100)
    until(lambda: told(server)[-2:] == [(200, 150, LEFT), (200, 150, 0)], 30, "a click")


REFUSED = """
([selector, kind, type, facts]) => !document.querySelector(selector).dispatchEvent(
  new window[kind](type, { bubbles: true, cancelable: true, ...facts }))
"""


@pytest.mark.parametrize(
    ("selector", "kind", "facts", "refused"),
    [
        ("#desktop", "MouseEvent contextmenu", {}, True),
        ("#desktop", "DragEvent dragstart", {}, True),
        ("#desktop", "Event selectstart", {}, True),
        ("#desktop", "WheelEvent wheel", {"deltaX": -50}, True),
        ("#desktop", "MouseEvent mousedown", {"button": 1}, True),
        ("#desktop canvas", "MouseEvent mousedown", {"button": 0}, True),
        ("#bar", "WheelEvent wheel", {"deltaY": -5, "ctrlKey": True}, True),
        ("#bar", "MouseEvent mouseup", {"button": 3}, True),
        ("#bar", "WheelEvent wheel", {"deltaY": -5}, False),
        ("#about", "Event selectstart", {}, False),
        ("#about", "MouseEvent contextmenu", {}, False),
    ],
)
def test_what_the_browser_would_do_with_the_page(
    looked_at: Tab, selector: str, kind: str, facts: dict[str, object], refused: bool
) -> None:
    event = [selector, *kind.split(), facts]
    assert looked_at.page.evaluate(REFUSED, event) == refused


def test_a_pinch_of_the_trackpad_is_the_desktops(server: Peer, page: Tab) -> None:
    chrome = ChromeInput(page.page)
    page.page.mouse.move(640, 360)
    chrome.pinch(640, 360, 10)
    until(lambda: clicks(server, UP) == 3, 30, "a pinch to twice the size")
    assert page.page.evaluate("visualViewport.scale * innerWidth") == 1280

"""Windows in a kiosk, of real programs under openbox: which one fills, and where the others are."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from Xlib import Xatom

from desktopd.x11.windows.properties import LONGEST
from desktopd.x11.windows.requests import set_state
from tests.chromium import screen
from tests.daemon import daemons, short_folder, until
from tests.x11.kiosk_desktop import SCREEN, Desktop, is_inside, started_display

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def kiosk(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A kiosk for all of these tests, each of which leaves it with its main window alone."""
    with short_folder() as folder, daemons(folder) as start:
        fifo = tmp_path_factory.mktemp("tcl") / "fifo"
        os.mkfifo(fifo)
        app = f"/usr/bin/python3 {HERE / 'tcl_program.py'} {fifo}"
        daemon = start(
            app=app, display="xvfb", size="1000x700", kiosk=True, view_token="View-token-0123456789"
        )
        desktop = Desktop(daemon, fifo)
        until(lambda: daemon.session()["windows"], 30, "a window")
        desktop.tcl("wm title . main")
        desktop.fills("main")
        yield desktop


@pytest.fixture
def desktop(kiosk: Desktop) -> Any:
    yield kiosk
    kiosk.tcl("wm deiconify .", "wm minsize . 1 1", "foreach w [winfo children .] {destroy $w}")
    kiosk.resize(*SCREEN)
    until(lambda: len(kiosk.daemon.session()["windows"]) == 1, 30, "one window")
    kiosk.fills("main")


OPEN = "toplevel .t; wm title .t second; wm geometry .t 400x300"


def test_a_later_window_floats_and_comes_into_a_smaller_screen(desktop: Desktop) -> None:
    desktop.tcl(OPEN, "wm geometry .t +590+370")
    desktop.floats("second")
    assert desktop.area("second")[2:] == (400, 300)
    assert desktop.resize(500, 400) == (500, 400)
    desktop.floats("second", (500, 400))
    desktop.fills("main", (500, 400))


def test_each_later_window_has_its_title_in_sight(desktop: Desktop) -> None:
    desktop.tcl(*(OPEN.replace(".t", f".t{n}").replace("second", f"no-{n}") for n in range(3)))
    until(lambda: len(desktop.daemon.session()["windows"]) == 4, 30, "four windows")
    until(lambda: len({desktop.area(f"no-{n}")[:2] for n in range(3)}) == 3, 30, "three places")
    for number in range(3):
        desktop.floats(f"no-{number}")


def test_windows_as_large_as_the_screen_leave_each_others_titles_in_sight(
    desktop: Desktop,
) -> None:
    large = [
        OPEN.replace(".t", f".t{n}").replace("second", f"no-{n}").replace("400x300", "1400x900")
        for n in range(3)
    ]
    desktop.tcl(*large, *(f"wm minsize .t{n} 300 200" for n in range(3)))
    until(lambda: len(desktop.daemon.session()["windows"]) == 4, 30, "four windows")
    for size in (SCREEN, (700, 500)):
        assert desktop.resize(*size) == size
        until(lambda: len({desktop.area(f"no-{n}")[:2] for n in range(3)}) == 3, 30, "three places")
        for number in range(3):
            desktop.floats(f"no-{number}", size)


@pytest.mark.parametrize(
    "undone",
    [
        ("wm attributes . -zoomed 0",),
        ("wm attributes . -fullscreen 1", "update; after 300", "wm attributes . -fullscreen 0"),
        ("wm attributes . -fullscreen 1; wm attributes . -fullscreen 0",),
        ("wm iconify .",),
        ("wm geometry . 300x200+50+50",),
        ("wm withdraw .", "update; after 300", "wm deiconify ."),
    ],
)
def test_the_main_window_fills_again_whatever_it_does(
    desktop: Desktop, undone: tuple[str, ...]
) -> None:
    marker = desktop.fifo.with_suffix(".done")
    marker.unlink(missing_ok=True)
    desktop.tcl(*undone, "update", f"close [open {marker} w]")
    until(marker.exists, 30, "the program to have done it")
    desktop.fills("main")


def test_full_screen_is_left_to_a_window_that_wants_it(desktop: Desktop) -> None:
    desktop.tcl(OPEN)
    desktop.floats("second")
    desktop.tcl("wm attributes .t -fullscreen 1")
    until(lambda: desktop.area("second") == (0, 0, *SCREEN), 30, "full screen")
    desktop.tcl("wm attributes .t -fullscreen 0")
    desktop.floats("second")


def test_the_next_window_fills_when_the_main_one_is_closed(desktop: Desktop) -> None:
    desktop.tcl(OPEN)
    desktop.floats("second")
    desktop.tcl("wm withdraw .")
    desktop.fills("second")
    desktop.tcl("wm deiconify .")
    desktop.floats("main")
    desktop.tcl("destroy .t")
    desktop.fills("main")


def test_windows_are_listed_raised_and_closed(desktop: Desktop) -> None:
    daemon = desktop.daemon
    desktop.tcl(OPEN)
    until(lambda: desktop.has_focus("second"), 30, "the new one has the focus")
    listed = daemon.request("GET", "/api/windows").json()["windows"]
    assert [(w["title"], w["main"]) for w in listed] == [("main", True), ("second", False)]
    main, second = (w["id"] for w in listed)
    for window, title in ((main, "main"), (second, "second")):
        assert daemon.request("POST", f"/api/windows/{window}/activate").status_code == 204
        until(lambda title=title: desktop.has_focus(title), 30, title)
    assert daemon.request("POST", f"/api/windows/{second}/close").status_code == 204
    until(lambda: not desktop.window("second"), 30, "closed")
    assert daemon.request("POST", f"/api/windows/{second}/activate").status_code == 404


def test_who_may_only_watch_may_look_at_the_list(desktop: Desktop) -> None:
    watching = {"Authorization": "Bearer View-token-0123456789"}
    request = desktop.daemon.request
    (window,) = request("GET", "/api/windows", headers=watching).json()["windows"]
    path = f"/api/windows/{window['id']}/activate"
    assert request("POST", path, headers=watching).status_code == 403


def test_the_screen_stays_as_large_as_the_windows_need(desktop: Desktop) -> None:
    desktop.tcl("wm minsize . 595 535")
    until(lambda: desktop.resize(390, 844) == (595, 1288), 30, "what the main window needs")
    desktop.fills("main", (595, 1288))
    desktop.tcl(OPEN, "wm minsize .t 900 300", "wm resizable .t 0 0")
    desktop.floats("second", (904, 1956))
    desktop.tcl("destroy .t")
    desktop.fills("main", (595, 1288))
    desktop.tcl("wm minsize . 1 1")
    # What its program does not state is at most what it chose to be.
    desktop.fills("main", (390, 844))


def test_a_window_larger_than_the_screen_is_made_to_fit(desktop: Desktop) -> None:
    desktop.tcl("toplevel .t; wm title .t second; wm minsize .t 100 100; wm geometry .t 2000x1500")
    desktop.floats("second")


@pytest.mark.parametrize("sides", ["2 1 2 1", "1 3 1 3", "1 3 1 2"])
def test_a_window_that_keeps_its_shape_is_all_on_the_screen(desktop: Desktop, sides: str) -> None:
    size = "3000x1500" if sides.startswith("2") else "900x2700"
    desktop.tcl(f"toplevel .t; wm title .t second; wm aspect .t {sides}; wm geometry .t {size}")
    desktop.floats("second")


@pytest.mark.parametrize("moved", ["+3000+3000", "+50+-290", "400x900", "1400x300", "+-390+690"])
def test_what_a_program_moves_off_the_screen_comes_back(desktop: Desktop, moved: str) -> None:
    desktop.tcl(OPEN, "wm geometry .t +100+100")
    desktop.floats("second")
    before = desktop.area("second")
    desktop.tcl(f"wm geometry .t {moved}")
    until(lambda: desktop.area("second") != before, 30, "another place")
    desktop.floats("second")


def test_what_a_hand_moves_half_off_the_screen_stays_there(desktop: Desktop) -> None:
    desktop.tcl(OPEN, "wm geometry .t +100+100")
    desktop.floats("second")
    environment = desktop.daemon.environment()

    def hand(*words: str) -> None:
        subprocess.run(["xdotool", *words], env=environment, check=True)

    x, y, *_ = desktop.area("second")
    hand("mousemove", str(x + 150), str(y - 9), "mousedown", "1")
    for step in range(20):
        hand("mousemove", str(x + 150 + 34 * step), str(y - 9), "sleep", "0.02")
    hand("mouseup", "1")
    until(lambda: desktop.area("second")[0] == x + 34 * 19, 30, "half of it outside")
    left = desktop.area("second")
    # What happens to others changes nothing of it.
    desktop.tcl("toplevel .u; wm title .u third; wm geometry .u 300x200")
    desktop.floats("third")
    assert desktop.area("second") == left


@pytest.mark.parametrize("state", ["BELOW", "SHADED"])
def test_no_window_hides_behind_the_main_one_or_in_its_title(desktop: Desktop, state: str) -> None:
    desktop.tcl(OPEN)
    desktop.floats("second")
    number = desktop.window("second")["id"]
    shown = f"xprop -id {number} _NET_WM_STATE".split()
    with started_display(desktop.daemon) as display:
        set_state(display, number, [f"_NET_WM_STATE_{state}"], on=True)
        display.sync()
        environment = desktop.daemon.environment()
        until(lambda: state not in subprocess.check_output(shown, env=environment, text=True))
    desktop.floats("second")


@pytest.mark.parametrize(
    "ways", [["wm attributes . -topmost 1"], ["raise .", "focus -force ."], ["raise ."]]
)
@pytest.mark.parametrize("later", [False, True])
def test_a_main_window_on_top_of_all_hides_no_other(
    desktop: Desktop, ways: list[str], *, later: bool
) -> None:
    opened = [OPEN, ".t configure -background #ff0000"]
    desktop.tcl(*(opened if later else ways))
    if later:
        desktop.floats("second")
    desktop.tcl(*(ways if later else opened))
    desktop.floats("second")

    def seen() -> bool:
        x, y, width, height = desktop.area("second")
        return bool((screen(desktop.daemon)[y + height // 2, x + width // 2] == (255, 0, 0)).all())

    until(seen, 30, "the second window in sight")


def test_a_menu_opens_inside_of_a_screen_that_has_shrunk(desktop: Desktop) -> None:
    """Tk goes by the size at its start."""
    desktop.tcl("menu .m -tearoff 0", "foreach i {1 2 3 4} {.m add command -label Entry_$i}")
    assert desktop.resize(500, 400) == (500, 400)
    desktop.fills("main", (500, 400))
    desktop.tcl("tk_popup .m 490 390")

    def inside() -> bool:
        tree = subprocess.check_output(
            ["xwininfo", "-root", "-tree"], env=desktop.daemon.environment(), text=True
        )
        found = re.search(r'"m": \("m" "Menu"\) +(\d+)x(\d+)\+(-?\d+)\+(-?\d+)', tree)
        if not found:
            return False
        width, height, x, y = map(int, found.groups())
        return x + width <= 500 and y + height <= 400

    try:
        until(inside, 30, "the menu, all of it")
    finally:
        desktop.tcl("destroy .m")


def test_hints_that_are_no_hints_harm_no_other_window(desktop: Desktop) -> None:
    desktop.tcl(OPEN)
    desktop.floats("second")
    with started_display(desktop.daemon) as display:
        window = display.create_resource_object("window", desktop.window("second")["id"])
        for words in ([0xFFFFFFFF], [0xFFFFFFFF] * 18, [0x80] + [0] * 17):
            window.change_property(Xatom.WM_NORMAL_HINTS, Xatom.WM_SIZE_HINTS, 32, words)
            display.sync()
            desktop.tcl("toplevel .u; wm title .u third; wm geometry .u 300x200")
            desktop.floats("third")
            desktop.tcl("destroy .u")
            until(lambda: not desktop.window("third"), 30, "closed")


def test_what_one_window_says_of_itself_harms_no_other(desktop: Desktop) -> None:
    desktop.tcl(OPEN)
    desktop.floats("second")
    hostile = desktop.window("second")["id"]
    with started_display(desktop.daemon) as display:
        window = display.create_resource_object("window", hostile)
        for name, number in (("WM_PROTOCOLS", 0x1FFFFFFF), ("_NET_WM_WINDOW_TYPE", 0x1FFFFFFF)):
            window.change_property(display.get_atom(name), Xatom.ATOM, 32, [number] * 60_000)
        title = display.get_atom("_NET_WM_NAME"), display.get_atom("UTF8_STRING")
        window.change_property(*title, 8, b"x" * 200_000)
        display.sync()
        until(lambda: desktop.window("x" * LONGEST), 20, "the title, of which there is a part")
        desktop.tcl("toplevel .u; wm title .u third; wm geometry .u 300x200")
        desktop.floats("third")


def test_a_main_window_of_one_size_is_left_at_it(desktop: Desktop) -> None:
    desktop.tcl("wm geometry . 300x200", "wm resizable . 0 0")
    try:
        until(lambda: is_inside(desktop.area("main"), SCREEN), 30, "inside")
        assert desktop.window("main")["main"]
    finally:
        desktop.tcl("wm resizable . 1 1")


def test_a_new_daemon_keeps_to_what_it_finds(desktop: Desktop) -> None:
    desktop.tcl(OPEN)
    desktop.floats("second")
    desktop.daemon.kill()
    desktop.tcl("wm attributes . -zoomed 0")
    desktop.daemon.start()
    until(lambda: desktop.daemon.session()["windows"], 30, "windows")
    desktop.fills("main")
    desktop.floats("second")

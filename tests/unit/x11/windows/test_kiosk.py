"""What a kiosk wants of windows. That it comes about is seen in tests/x11/test_windows.py."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desktopd.geometry import Rectangle, Size
from desktopd.x11.windows.kiosk import (
    ABOVE,
    BELOW,
    PATIENCE,
    SHADED,
    Activate,
    Kiosk,
    MoveResize,
    SetState,
    inside_of,
)
from desktopd.x11.windows.requests import MAXIMIZED, UNDECORATED
from desktopd.x11.windows.window import ClientWindow

SCREEN = Size(1000, 700)
APPLICATION, OTHER = 100, 200
WINDOW = ClientWindow(
    id=1,
    title="",
    type="NORMAL",
    area=Rectangle(300, 200, 400, 300),
    frame=(2, 2, 19, 2),
    minimum=None,
    states=frozenset(),
    actions=frozenset({"_NET_WM_ACTION_RESIZE", "_NET_WM_ACTION_MAXIMIZE_VERT"}),
    transient=False,
    pid=APPLICATION,
)
FILLED = frozenset({*MAXIMIZED, UNDECORATED, BELOW})
FILL = [SetState(1, names, on=True) for names in ((UNDECORATED,), (BELOW,), (*MAXIMIZED,))]


@pytest.fixture
def kiosk() -> Kiosk:
    return Kiosk(lambda pid: pid == APPLICATION)


def second(**changes: object) -> ClientWindow:
    return replace(WINDOW, id=2, area=Rectangle(100, 100, 400, 300), **changes)  # type: ignore[arg-type]


def test_the_first_window_fills(kiosk: Kiosk) -> None:
    assert kiosk.look([WINDOW, second()], SCREEN) == FILL
    assert kiosk.look([replace(WINDOW, states=FILLED), second()], SCREEN) == []


def test_without_a_frame_only_where_the_window_manager_can(kiosk: Kiosk) -> None:
    assert kiosk.look([WINDOW], SCREEN, undecorates=False) == FILL[1:]


@pytest.mark.parametrize(
    "beside",
    [
        {"type": "SPLASH"},
        {"type": "DIALOG"},
        {"type": "UTILITY"},
        {"type": "DOCK"},
        {"transient": True},
        {"pid": OTHER},
    ],
)
def test_what_comes_before_it_is_not_the_main_window(
    kiosk: Kiosk, beside: dict[str, object]
) -> None:
    kiosk.look([second(**beside)], SCREEN)
    kiosk.look([second(**beside), WINDOW], SCREEN)
    assert kiosk.main == WINDOW.id


def test_another_program_fills_while_the_application_shows_nothing(kiosk: Kiosk) -> None:
    kiosk.look([second(pid=OTHER)], SCREEN)
    assert kiosk.main == 2
    shown = kiosk.look([second(pid=OTHER, states=FILLED), WINDOW], SCREEN)
    assert kiosk.main == 1
    assert SetState(2, MAXIMIZED, on=False) in shown
    assert SetState(2, (UNDECORATED,), on=False) in shown


def test_the_main_window_stays_it_when_the_window_manager_lists_others_first(kiosk: Kiosk) -> None:
    kiosk.look([WINDOW, second()], SCREEN)
    kiosk.look([second(), WINDOW], SCREEN)
    assert kiosk.main == WINDOW.id
    kiosk.look([second()], SCREEN)
    assert kiosk.main == 2


def test_a_main_window_that_hides_is_brought_back(kiosk: Kiosk) -> None:
    hidden = replace(WINDOW, states=FILLED | {"_NET_WM_STATE_HIDDEN"})
    assert kiosk.look([hidden], SCREEN) == [Activate(1)]


@pytest.mark.parametrize("window", [WINDOW, second()])
def test_full_screen_is_left_alone(kiosk: Kiosk, window: ClientWindow) -> None:
    full = replace(window, states=frozenset({"_NET_WM_STATE_FULLSCREEN"}))
    others = [] if window is WINDOW else [replace(WINDOW, states=FILLED)]
    assert kiosk.look([*others, full], SCREEN) == []


def test_one_that_takes_no_other_size_is_only_put_inside(kiosk: Kiosk) -> None:
    fixed = replace(WINDOW, actions=frozenset(), area=Rectangle(900, 600, 400, 300))
    assert kiosk.look([fixed], SCREEN) == [MoveResize(1, Rectangle(598, 398, 400, 300))]


def test_a_later_window_is_put_inside_once_for_each_size_of_the_screen(kiosk: Kiosk) -> None:
    main = replace(WINDOW, states=FILLED)
    outside = replace(second(), area=Rectangle(900, 0, 400, 300))
    assert kiosk.look([main, outside], SCREEN) == [MoveResize(2, Rectangle(598, 19, 400, 300))]
    # Its user moves it half out of the screen.
    assert kiosk.look([main, outside], SCREEN, by_hand=True) == []
    assert kiosk.look([main, outside], SCREEN) == []
    assert kiosk.look([main, outside], Size(600, 500)) == [
        MoveResize(2, Rectangle(198, 19, 400, 300))
    ]


def test_a_later_window_is_put_inside_again_when_it_states_another_least_size(kiosk: Kiosk) -> None:
    main = replace(WINDOW, states=FILLED)
    kiosk.look([main, second()], SCREEN)
    grown = replace(second(minimum=Size(400, 500)), area=Rectangle(100, 400, 400, 500))
    inside = Rectangle(100, 198, 400, 500)
    assert kiosk.look([main, grown], SCREEN) == [MoveResize(2, inside)]
    assert kiosk.look([main, replace(grown, area=inside)], SCREEN) == []


def test_what_its_program_moves_off_the_screen_comes_back(kiosk: Kiosk) -> None:
    main = replace(WINDOW, states=FILLED)
    kiosk.look([main, second()], SCREEN)
    for area in (Rectangle(900, 600, 400, 300), Rectangle(-300, -200, 400, 300)):
        (wish,) = kiosk.look([main, replace(second(), area=area)], SCREEN)
        assert isinstance(wish, MoveResize)
        assert kiosk.look([main, replace(second(), area=wish.area)], SCREEN) == []
    grown = replace(second(), area=Rectangle(2, 19, 1400, 900))
    assert kiosk.look([main, grown], SCREEN) == [MoveResize(2, Rectangle(2, 19, 996, 679))]


def test_a_program_that_insists_has_its_way_until_it_rests(kiosk: Kiosk) -> None:
    main = replace(WINDOW, states=FILLED)
    kiosk.look([main, second()], SCREEN)

    def moves(x: int, now: float) -> bool:
        outside = replace(second(), area=Rectangle(x, 600, 400, 300))
        return bool(kiosk.look([main, outside], SCREEN, now=now))

    assert [moves(900 + n, n / 10) for n in range(8)] == [True] * PATIENCE + [False] * 3
    assert moves(910, 10)


def test_no_window_hides_behind_the_main_one_or_in_its_title(kiosk: Kiosk) -> None:
    main = replace(WINDOW, states=FILLED | {ABOVE})
    hides = second(states=frozenset({BELOW, SHADED}))
    wishes = kiosk.look([main, hides], SCREEN)
    assert SetState(1, (ABOVE,), on=False) in wishes
    assert {SetState(2, (BELOW,), on=False), SetState(2, (SHADED,), on=False)} <= {*wishes}
    assert (
        kiosk.look([replace(WINDOW, states=FILLED), second(states=frozenset({ABOVE}))], SCREEN)
        == []
    )


@pytest.mark.parametrize(
    ("shapes", "size"),
    [((2.0, 2.0), (996, 498)), ((0.25, 0.5), (339, 679)), ((0.1, 9.0), (996, 679))],
)
def test_one_that_keeps_its_shape_is_put_inside_whole(
    kiosk: Kiosk, shapes: tuple[float, float], size: tuple[int, int]
) -> None:
    main = replace(WINDOW, states=FILLED)
    large = replace(second(), area=Rectangle(2, 19, 4000, 4000), shapes=shapes)
    assert kiosk.look([main, large], SCREEN) == [MoveResize(2, Rectangle(2, 19, *size))]


def test_one_that_comes_maximized_becomes_as_large_as_it_was(kiosk: Kiosk) -> None:
    main = replace(WINDOW, states=FILLED)
    comes = second(states=frozenset(MAXIMIZED))
    assert kiosk.look([main, comes], SCREEN) == [SetState(2, MAXIMIZED, on=False)]
    assert kiosk.look([main, second()], SCREEN) == []
    # Its user makes it fill the screen.
    assert kiosk.look([main, comes], SCREEN) == []


def test_windows_that_come_at_one_place_are_put_side_by_side(kiosk: Kiosk) -> None:
    main = replace(WINDOW, states=FILLED)
    others = [replace(second(), id=number) for number in (2, 3, 4)]
    wishes = kiosk.look([main, *others], SCREEN)
    assert [wish.area.x for wish in wishes if isinstance(wish, MoveResize)] == [124, 148]


def test_windows_that_fill_the_screen_leave_each_others_titles_in_sight(kiosk: Kiosk) -> None:
    main = replace(WINDOW, states=FILLED)
    large = Rectangle(-100, -90, 1200, 900)
    others = [replace(second(minimum=Size(300, 200)), id=n, area=large) for n in (2, 3, 4)]
    assert [w.area for w in kiosk.look([main, *others], SCREEN) if isinstance(w, MoveResize)] == [
        Rectangle(2, 19, 996, 679),
        Rectangle(26, 43, 972, 655),
        Rectangle(50, 67, 948, 631),
    ]
    fixed = [replace(one, minimum=Size(1000, 690)) for one in others]
    placed = [w.area for w in kiosk.look([main, *fixed], SCREEN) if isinstance(w, MoveResize)]
    assert {(area.width, area.height) for area in placed} == {(1000, 690)}


@pytest.mark.parametrize(
    ("minimum", "area", "needed"),
    [
        (Size(595, 535), Rectangle(0, 0, 2000, 900), Size(599, 556)),
        (None, Rectangle(0, 0, 300, 200), Size(304, 221)),
        (None, Rectangle(0, 0, 2000, 900), Size(804, 621)),
    ],
)
def test_the_screen_that_is_needed(
    kiosk: Kiosk, minimum: Size | None, area: Rectangle, needed: Size
) -> None:
    kiosk.look([replace(WINDOW, minimum=minimum, area=area)], SCREEN)
    assert kiosk.needed == needed
    # What it chose was before it filled the screen.
    kiosk.look([replace(WINDOW, minimum=minimum, states=FILLED, frame=(0, 0, 0, 0))], SCREEN)
    assert kiosk.needed == Size(needed.width - 4, needed.height - 21)


def test_every_window_counts_for_the_screen_that_is_needed(kiosk: Kiosk) -> None:
    tall = replace(WINDOW, minimum=Size(200, 600), frame=(0, 0, 0, 0))
    wide = second(minimum=Size(900, 100))
    panel = replace(WINDOW, id=3, type="DOCK", minimum=Size(2000, 30))
    kiosk.look([tall, wide, panel], SCREEN)
    assert kiosk.needed == Size(904, 600)


@pytest.mark.parametrize(
    ("area", "inside"),
    [
        (Rectangle(10, 30, 400, 300), Rectangle(10, 30, 400, 300)),
        (Rectangle(-50, -50, 400, 300), Rectangle(2, 19, 400, 300)),
        (Rectangle(0, 0, 2000, 300), Rectangle(2, 19, 996, 300)),
        (Rectangle(500, 500, 400, 3000), Rectangle(500, 19, 400, 679)),
    ],
)
def test_inside(area: Rectangle, inside: Rectangle) -> None:
    assert inside_of(replace(WINDOW, area=area), SCREEN, Size(100, 100)) == inside


def test_what_cannot_be_smaller_keeps_its_title_on_the_screen() -> None:
    large = replace(WINDOW, area=Rectangle(-600, -300, 1200, 800))
    assert inside_of(large, SCREEN, Size(1200, 800)) == Rectangle(2, 19, 1200, 800)


def test_of_a_process_it_is_asked_once_and_not_while_it_looks() -> None:
    asked: list[int] = []

    def is_application(pid: int) -> bool:
        asked.append(pid)
        return pid == APPLICATION

    kiosk = Kiosk(is_application)
    windows = [replace(WINDOW, id=n, pid=APPLICATION + n % 2) for n in range(1, 9)]
    for _ in range(2):
        kiosk.ask(windows)
        assert sorted(asked) == [APPLICATION, APPLICATION + 1]
        kiosk.look(windows, SCREEN)
        assert len(asked) == 2
        assert kiosk.main == 2
        asked.clear()

"""What is left of a frame for the drawing."""

import pytest

from desktopd.integrations.napari.motion.frame_time import LEAST, OTHER, FrameTime

FRAME = 0.040


def test_a_share_is_kept_for_the_rest_before_it_was_measured() -> None:
    assert FrameTime(FRAME).budget == pytest.approx(FRAME * (1 - OTHER))


def test_what_a_frame_takes_besides_the_drawing_is_kept_for_it() -> None:
    time = FrameTime(FRAME)
    for _ in range(20):
        time.handled(0.005)
        time.drew(0.030)
        time.shown(0.035)
    assert time.budget == pytest.approx(FRAME - 0.010, abs=1e-4)


def test_the_drawing_gets_something_in_any_case() -> None:
    time = FrameTime(FRAME)
    for _ in range(20):
        time.drew(0.010)
        time.shown(1.0)
    assert time.budget == pytest.approx(FRAME * LEAST)


def test_events_without_a_frame_do_not_add_up() -> None:
    time = FrameTime(FRAME)
    for _ in range(1000):
        time.handled(0.002)
    time.shown(0.001)
    assert time.budget > FRAME / 2

"""The parts of the benchmark that compute."""

import io
from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from tests.bench import barcode, picture
from tests.bench.drag import REACH, STEP, latencies, place
from tests.bench.link import PROFILES, QUEUE, Bottleneck
from tests.bench.measure import Interval, Result, Sample, motion, percentile
from tests.bench.plot import plot
from tests.bench.report import table

RESULT = Result(stack="a", size="1280x720", link="lan", viewers=1, repeat=0, workload="idle")


@pytest.mark.parametrize("quality", [10, 40, 90])
def test_a_number_survives_a_codec(quality: int) -> None:
    rng = np.random.default_rng(1)
    for number in range(0, barcode.NUMBERS, 91):
        around = rng.integers(0, 256, (48, 400, 3), np.uint8)
        around[: barcode.HEIGHT, : barcode.WIDTH] = barcode.draw(number)[..., :3]
        file = io.BytesIO()
        Image.fromarray(around).save(file, "JPEG", quality=quality, subsampling=2)
        assert barcode.read(np.asarray(Image.open(file))) == number


def test_a_code_of_two_halves_is_hardly_ever_read_as_a_third_number() -> None:
    codes = [(number, barcode.draw(number)) for number in range(0, barcode.NUMBERS, 13)]
    mixed = misread = 0
    for cut in range(barcode.CELL, barcode.WIDTH, barcode.CELL):
        for (one, left), (other, right) in pairwise(codes):
            both = np.concatenate([left[:, :cut], right[:, cut:]], axis=1)
            mixed += 1
            misread += barcode.read(both) not in (None, one, other)
    assert mixed > 5000
    assert misread < mixed / 30


@pytest.mark.parametrize("level", [0, 255])
def test_a_picture_of_one_colour_has_no_number(level: int) -> None:
    assert barcode.read(np.full((barcode.HEIGHT, barcode.WIDTH, 3), level, np.uint8)) is None


def test_a_number_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="4096: expected 0 to 4095"):
        barcode.draw(barcode.NUMBERS)


@pytest.mark.parametrize("name", ["dsl", "slow"])
def test_a_link_carries_its_rate_after_its_delay(name: str) -> None:
    profile = PROFILES[name]
    line = Bottleneck(profile)
    now, sent = 0.0, 0
    while now < 10:
        passage = line.carry(profile.chunk, now)
        sent += profile.chunk
        assert passage.arrival - now <= QUEUE + profile.delay + 2 * profile.chunk * 8 / profile.rate
        now = max(now, passage.room)
    assert line.carried == sent
    assert sent * 8 / (passage.arrival - profile.delay) == pytest.approx(profile.rate)


def test_a_link_that_was_idle_owes_nothing() -> None:
    profile = PROFILES["slow"]
    line = Bottleneck(profile)
    line.carry(profile.chunk, 0.0)
    later = line.carry(profile.chunk, 5.0)
    assert later.arrival == pytest.approx(5 + profile.chunk * 8 / profile.rate + profile.delay)
    assert later.room < 5


def test_a_free_link_holds_nothing_up() -> None:
    passage = Bottleneck(PROFILES["lan"]).carry(1_000_000, 3.0)
    assert passage.arrival == 3.0
    assert passage.room < 3.0


def test_frames_count_once_they_are_complete() -> None:
    drawn = {1: 1000.0, 2: 1100.0, 3: 1200.0, 4: 1300.0}
    samples = [
        Sample(1005, 1, 1),
        Sample(1120, 2, 1),  # torn
        Sample(1130, 2, 2),
        Sample(1140, 2, 2),
        Sample(1250, -1, 3),  # no number
        Sample(1260, 4, 4),  # not drawn yet: misread
        Sample(1330, 4, 4),
    ]
    seen = motion(samples, drawn, Interval(1050, 2050), corners=2)
    assert seen.offered == 3
    assert seen.shown == 2
    assert seen.stale_p50 == 30
    assert (seen.torn, seen.unread) == (1, 2)


def test_only_the_top_counts_where_there_is_one_corner() -> None:
    seen = motion([Sample(1010, 1, -1)], {1: 1000.0}, Interval(1000, 2000), corners=1)
    assert (seen.shown, seen.stale_p95, seen.unread) == (1, 10, 0)


def test_nothing_seen_is_no_staleness() -> None:
    seen = motion([], {1: 1000.0}, Interval(1000, 2000), corners=2)
    assert (seen.offered, seen.shown, seen.stale_p50) == (1, 0, None)


def test_percentiles() -> None:
    assert percentile([], 50) is None
    assert percentile([7.0], 95) == 7
    assert percentile(list(map(float, range(101))), 95) == 95


def test_frames_go_back_and_forth() -> None:
    assert [picture.back_and_forth(n, 4) for n in range(8)] == [0, 1, 2, 3, 2, 1, 0, 1]
    assert [picture.back_and_forth(n, 1) for n in range(3)] == [0, 0, 0]


def test_a_digest_sees_every_pixel_and_its_place() -> None:
    pixels = np.random.default_rng(2).integers(0, 256, (40, 60, 4), np.uint8)
    whole = picture.digest(pixels)
    pixels[..., 3] = 9  # what X leaves undefined
    assert picture.digest(pixels) == whole
    pixels[39, 59, 0] ^= 1
    assert picture.digest(pixels) != whole
    pixels[39, 59, 0] ^= 1
    pixels[[0, 1]] = pixels[[1, 0]]
    assert picture.digest(pixels) != whole


def test_psnr() -> None:
    wanted = np.full((4, 4, 3), 100, np.uint8)
    everywhere = np.ones((4, 4), np.bool_)
    assert picture.psnr(wanted, wanted, everywhere) == 99
    assert picture.psnr(wanted + np.uint8(10), wanted, everywhere) == pytest.approx(28.13, abs=0.01)


def test_the_table_has_the_median_and_the_range_of_the_repeats() -> None:
    moving = replace(RESULT, workload="replay3d@30")
    repeats = [replace(moving, repeat=n, shown=shown) for n, shown in enumerate((20.0, 29.5, 25.0))]
    text = table([*repeats, replace(RESULT, server_cpu=0.125)])
    assert "25.0 (20.0 to 29.5)" in text
    assert "| 1280x720 | lan | 1 | replay3d@30 | a | 3 |" in text
    assert "## Idle" in text
    assert "## Failed" not in text


def test_the_table_says_what_failed() -> None:
    text = table([replace(RESULT, error="no\nserver")])
    assert "- a 1280x720 lan 1 viewers, idle: no server" in text


def test_the_plot_draws_a_bar_for_each_stack() -> None:
    moving = replace(RESULT, workload="replay3d@30", shown=20.0, stale_p50=30.0, stale_p95=60.0)
    root = ElementTree.fromstring(plot([moving, replace(moving, stack="<b>", shown=30.0)]))
    values = [title.text for title in root.iter("{http://www.w3.org/2000/svg}title")]
    assert {"20", "30", "60"} <= set(values)
    assert "<b>" in [text.text for text in root.iter("{http://www.w3.org/2000/svg}text")]


def test_a_move_is_seen_in_the_first_frame_that_was_drawn_after_it() -> None:
    sent = [(100.0, 5), (116.0, 10), (133.0, 15), (150.0, 10)]
    samples = [Sample(t, n, -1) for t, n in [(120, 1), (140, 2), (156, 2), (170, 3), (300, 4)]]
    reached = {1: 5, 2: 10, 3: 10, 4: 15}
    assert latencies(samples, reached, sent, Interval(0, 200)) == [20, 24, 20]


def test_a_drag_goes_to_and_fro_by_small_steps() -> None:
    places = [place(move) for move in range(400)]
    assert (places[0], max(places), min(places)) == (0, REACH, -REACH)
    assert {abs(b - a) for a, b in pairwise(places)} == {STEP}

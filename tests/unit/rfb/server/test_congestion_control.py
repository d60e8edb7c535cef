from __future__ import annotations

import random

import pytest

from desktopd.rfb.protocol.fences import BEGIN_PAYLOAD, END_PAYLOAD
from desktopd.rfb.server.congestion_control import CongestionControl
from desktopd.rfb.server.link_window import MOST_ON_THE_WAY
from desktopd.rfb.server.video_budget import video_bytes


class Link:
    """A link of so many bytes a second and seconds there and back, and what is on it.

    Its viewer needs up to `work` seconds for each message, and twice that to draw an update. Of the
    part `lost` of all updates a packet is sent again, for which all that follow wait.
    """

    def __init__(
        self, rate: float, round_trip: float, work: float = 0.0, lost: float = 0.0
    ) -> None:
        self.rate, self.round_trip, self.work, self.lost = rate, round_trip, work, lost
        self.congestion = CongestionControl()
        self.now = 50.0
        self._free = self.now
        self._drawn = self.now
        self._answers: list[tuple[float, int | bytes]] = []
        self._random = random.Random(1)

    def send(self, size: int) -> None:
        number = self.congestion.sent(size, self.now)
        measured = self.congestion.measures(size, self.now)
        self._free = max(self._free, self.now)
        if measured:
            self._answer(BEGIN_PAYLOAD)
        self._free += size / self.rate
        if self.lost and self._random.random() < self.lost:
            self._free += 1.1 * self.round_trip
        if measured:
            self._answer(END_PAYLOAD)
        self._drawn = max(self._drawn, self._free + self.round_trip) + 2 * self.work
        self._answers.append((self._drawn, number))

    def _answer(self, payload: bytes) -> None:
        late = self._random.uniform(0, self.work)
        self._answers.append((self._free + self.round_trip + late, payload))

    def go_on(self, seconds: float) -> None:
        self.now += seconds
        self._answers.sort(key=lambda answer: answer[0])
        while self._answers and self._answers[0][0] <= self.now:
            at, what = self._answers.pop(0)
            if isinstance(what, bytes):
                self.congestion.measured(what, at)
            else:
                self.congestion.answered(what, at)

    def run(self, seconds: float, size: int | None = None) -> float:
        """Send whenever it may be sent, 60 times a second; the longest queue in seconds.

        Without a `size`, of the sizes of pictures of a video that is made to fit.
        """
        longest = 0.0
        for _ in range(round(seconds * 60)):
            self.go_on(1 / 60)
            if self.congestion.window.ready(self.now):
                wanted = video_bytes(self.congestion.window.rate, 1 / 60)
                fitting = self._random.uniform(0.7, 1.2) * wanted
                self.send(size or int(max(4000, min(fitting, 22_000))))
            longest = max(longest, self._free - self.now)
        return longest


def test_nothing_is_due_at_first() -> None:
    congestion = CongestionControl()
    assert not congestion.waiting
    assert congestion.silence(5.0) == 0
    assert congestion.window.ready(5.0)


@pytest.mark.parametrize(("rate", "round_trip"), [(625_000, 0.08), (2_500_000, 0.03)])
def test_the_rate_of_a_link_is_found_and_it_is_filled_without_a_queue(
    rate: float, round_trip: float
) -> None:
    link = Link(rate, round_trip)
    link.send(0)
    link.go_on(round_trip)
    link.run(3, 12_000)
    assert rate / 2 < link.congestion.window.rate < rate * 2
    assert link.congestion.window.round_trip == pytest.approx(round_trip, abs=0.01)
    assert link.run(5, 12_000) < 0.2


@pytest.mark.parametrize(("work", "times"), [(0.001, 2), (0.006, 2), (0.02, 6)])
@pytest.mark.parametrize("rate", [300_000, 625_000, 2_500_000])
def test_a_video_fits_its_link_however_long_the_viewer_draws(
    rate: float, work: float, times: float
) -> None:
    link = Link(rate, 0.05, work)
    link.send(60_000)
    link.run(3)
    assert link.run(20) < 0.06
    assert rate / times < link.congestion.window.rate < rate * times


@pytest.mark.parametrize("work", [0.001, 0.006])
@pytest.mark.parametrize(("lost", "least", "most"), [(0.0, 0.0, 0.02), (0.2, 0.05, 0.5)])
def test_the_more_is_lost_the_smaller_are_pictures(
    work: float, lost: float, least: float, most: float
) -> None:
    link = Link(2_000_000, 0.035, work, lost)
    link.send(0)
    link.go_on(0.1)
    lates = []
    for _ in range(40):
        link.run(0.5)
        lates.append(link.congestion.window.late)
    late = sum(lates) / len(lates)
    assert least <= late <= most
    assert video_bytes(2e6, late=late) <= video_bytes(2e6) * (1 - 2 * least)


def test_what_waits_for_a_viewer_that_draws_slowly_does_not_become_more_and_more() -> None:
    link = Link(50_000_000, 0.01, 0.02)
    link.send(0)
    link.run(10)
    few = link.congestion.window.unanswered_updates
    link.run(60)
    assert link.congestion.window.unanswered_updates <= few + 2
    assert link.congestion.round_trip < 0.5


def test_nothing_is_late_on_a_near_link() -> None:
    link = Link(50_000_000, 0.002, 0.02)
    link.run(10)
    assert link.congestion.window.late == 0


def test_a_link_that_becomes_slower_is_noticed() -> None:
    link = Link(2_500_000, 0.03)
    link.send(0)
    link.run(3, 12_000)
    link.rate = 300_000
    link.run(4, 12_000)
    assert link.congestion.window.rate < 700_000
    link.rate = 2_500_000
    link.run(4, 12_000)
    assert link.congestion.window.rate > 1_200_000


def test_an_answer_answers_all_before_it() -> None:
    congestion = CongestionControl()
    numbers = [congestion.sent(5000, 1.0 + n / 100) for n in range(10)]
    congestion.answered(numbers[-1], 1.5)
    assert not congestion.waiting
    assert congestion.silence(9.0) == 0
    assert congestion.round_trip == pytest.approx(0.41)
    assert congestion.window.ready(1.5)


def test_answers_to_nothing_and_double_ones_do_not_count() -> None:
    congestion = CongestionControl()
    first, second = congestion.sent(5000, 1.0), congestion.sent(5000, 1.1)
    for number in (0, 99, 0xFFFFFFFF):
        congestion.answered(number, 1.2)
    assert congestion.silence(2.0) == 1.0
    congestion.answered(first, 1.2)
    congestion.answered(first, 1.9)
    assert congestion.silence(2.1) == 1.0
    congestion.answered(second, 1.3)
    assert not congestion.waiting


def test_numbers_begin_again_after_32_bits() -> None:
    congestion = CongestionControl()
    congestion._number = 0xFFFFFFFD
    numbers = [congestion.sent(100, 1.0) for _ in range(4)]
    assert numbers == [0xFFFFFFFE, 0xFFFFFFFF, 1, 2]
    assert all(0 < number < 1 << 32 for number in numbers)
    congestion.answered(1, 1.5)
    assert congestion.waiting
    congestion.answered(2, 1.5)
    assert not congestion.waiting


def test_a_viewer_that_answers_nothing_is_soon_sent_nothing() -> None:
    congestion = CongestionControl()
    sent = 0
    while congestion.window.ready(1.0, lenient=True):
        congestion.sent(20_000, 1.0)
        sent += 20_000
    assert sent < 1_000_000
    assert congestion.silence(4.5) == 3.5


def test_what_is_on_the_way_is_bounded_however_fast_the_link_is() -> None:
    link = Link(5e9, 0.5)
    link.send(0)
    link.run(2, 2_000_000)
    size = 0
    while link.congestion.window.ready(link.now, lenient=True):
        link.congestion.sent(2_000_000, link.now)
        size += 2_000_000
    assert size <= MOST_ON_THE_WAY + 2_000_000


def test_who_follows_others_may_be_later() -> None:
    congestion = CongestionControl()
    while congestion.window.ready(1.0):
        congestion.sent(1000, 1.0)
    assert congestion.window.ready(1.0, lenient=True)


def test_where_packets_are_lost_pictures_go_on_while_one_is_sent_again_and_no_longer() -> None:
    link = Link(2_500_000, 0.03, lost=0.1)
    link.send(0)
    link.run(10)
    link.go_on(1)
    window = link.congestion.window
    assert window.late > 0.02
    assert window.oldest is None
    link.send(4000)
    link.send(4000)
    for seconds, expected in ((0.0, True), (0.09, True), (0.2, False)):
        assert link.congestion.window.ready(link.now + seconds) is expected
    link.go_on(1)
    assert link.congestion.window.ready(link.now)

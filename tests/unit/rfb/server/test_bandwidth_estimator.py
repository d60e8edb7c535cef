from __future__ import annotations

import pytest

from desktopd.rfb.protocol.fences import BEGIN_PAYLOAD as BEGIN
from desktopd.rfb.protocol.fences import END_PAYLOAD as END
from desktopd.rfb.server.bandwidth_estimator import BandwidthEstimator


def measure(bandwidth: BandwidthEstimator, size: int, seconds: float, now: float) -> None:
    assert bandwidth.wants(size, now)
    bandwidth.answered(BEGIN, now + 0.2)
    bandwidth.answered(END, now + 0.2 + seconds)


def test_the_rate_is_what_the_bytes_took_however_far_the_viewer_is() -> None:
    bandwidth = BandwidthEstimator()
    assumed = bandwidth.rate
    assert assumed > 0
    measure(bandwidth, 10_000, 0.02, now=5.0)
    assert bandwidth.rate == pytest.approx(500_000)


def test_one_measurement_that_went_wrong_does_not_count() -> None:
    bandwidth = BandwidthEstimator()
    for turn in range(8):
        seconds = 0.5 if turn == 3 else 0.0 if turn == 5 else 0.02
        measure(bandwidth, 10_000, seconds, now=5.0 + turn)
    assert bandwidth.rate == pytest.approx(500_000)


def test_half_of_the_measurements_may_come_out_too_fast() -> None:
    bandwidth = BandwidthEstimator()
    for turn in range(20):
        measure(bandwidth, 10_000, 0.002 if turn % 2 else 0.02, now=5.0 + turn)
    assert bandwidth.rate == pytest.approx(500_000)


def test_a_link_that_changes_is_believed_after_some_measurements() -> None:
    bandwidth = BandwidthEstimator()
    for turn in range(20):
        measure(bandwidth, 10_000, 0.02, now=5.0 + turn)
    for turn in range(5):
        measure(bandwidth, 10_000, 0.2, now=30.0 + turn)
    assert bandwidth.rate == pytest.approx(50_000)


def test_measurements_keep_apart_and_small_updates_tell_nothing() -> None:
    bandwidth = BandwidthEstimator()
    assert not bandwidth.wants(100, 1.0)
    measure(bandwidth, 10_000, 0.02, now=5.0)
    assert not bandwidth.wants(10_000, 5.01)
    assert bandwidth.wants(10_000, 5.5)
    assert not bandwidth.wants(10_000, 6.5), "the last one is not answered yet"
    assert bandwidth.wants(10_000, 11.0), "it never will be"


def test_answers_to_nothing_do_not_count() -> None:
    bandwidth = BandwidthEstimator()
    assumed = bandwidth.rate
    for payload in (END, BEGIN, END, b"", b"x" * 64):
        bandwidth.answered(payload, 5.0)
    assert bandwidth.wants(10_000, 6.0)
    bandwidth.answered(END, 6.1)
    assert bandwidth.rate == assumed
    bandwidth.answered(BEGIN, 6.1)
    bandwidth.answered(END, 6.1)
    bandwidth.answered(END, 99.0)
    assert bandwidth.rate == pytest.approx(1e8)

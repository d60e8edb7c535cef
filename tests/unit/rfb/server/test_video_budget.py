from __future__ import annotations

from desktopd.rfb.server.video_budget import MOTION_TIME, video_bytes


def test_a_picture_of_a_faster_link_is_larger_and_sooner_there() -> None:
    rates = [50_000.0, 300_000.0, 625_000.0, 2_500_000.0, 10_000_000.0, 1e9]
    sizes = [video_bytes(rate) for rate in rates]
    seconds = [size / rate for size, rate in zip(sizes, rates, strict=True)]
    assert sizes == sorted(sizes)
    assert seconds[0] < MOTION_TIME < seconds[1]
    assert seconds[2:5] == sorted(seconds[2:5], reverse=True)
    assert all(video_bytes(rate, 1 / 60) < rate / 60 for rate in rates)

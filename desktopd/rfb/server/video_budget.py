"""The bytes that a picture of a video may have on a link, so that it is not late itself."""

from __future__ import annotations

import math

import numpy as np

# Seconds that a picture may take on the link beyond the time an empty one takes.
MOTION_TIME = 0.0115
STILL_TIME = 0.060
# The same of a picture of a video on links of so many bytes a second; between these by powers of
# the rate. The thinnest have no time to spend (frames of replay2d, thin), others have some for a
# sharper picture (replay2d, slow), and fast ones have it sooner instead.
_LOG_RATES = np.log((125_000.0, 250_000.0, 625_000.0, 1_250_000.0, 2_500_000.0, 12_500_000.0))
_LOG_TIMES = np.log((0.0095, MOTION_TIME, 0.019, 0.0098, 0.0075, 0.003))
# The part of a link's time that a video takes at most: more of it waits for itself (replay3d@60).
_VIDEO_SHARE = 0.65
# By how much less than its bytes a picture of a video has for what is late of all beyond so much,
# and what part at least: each packet more is one more to be lost (frames of replay2d, train).
_SMALLER, _TOLERATED, _SMALLEST_PART = 7.0, 0.04, 0.3


def video_bytes(rate: float, interval: float = math.inf, late: float = 0.0) -> float:
    """Bytes for one picture of a video on a link that takes `rate` bytes a second.

    `interval`: seconds from one picture to the next, of which the link's time is a part. `late`:
    see Window.waited.
    """
    part = max(_SMALLEST_PART, 1 - _SMALLER * max(0.0, late - _TOLERATED))
    seconds = math.exp(np.interp(math.log(rate), _LOG_RATES, _LOG_TIMES))
    return rate * part * min(seconds, _VIDEO_SHARE * interval)

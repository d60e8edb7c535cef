from __future__ import annotations

import pytest

from desktopd.rfb.encoders.h264.stream_format import OPTIONS, PLAIN, Profile, StreamFormat
from desktopd.rfb.protocol.encodings import Encoding


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ([], PLAIN),
        ([Encoding.BASELINE_ONLY], StreamFormat(Profile.BASELINE)),
        ([Encoding.SLICES], StreamFormat(slices=True)),
        ([Encoding.HALVED], StreamFormat(halved=True)),
        ([Encoding.LIMITED_RANGE], StreamFormat(limited=True)),
        (OPTIONS, StreamFormat(Profile.BASELINE, slices=True, halved=True, limited=True)),
    ],
)
def test_a_decoder_is_taken_at_its_word(options: list[int], wanted: StreamFormat) -> None:
    assert StreamFormat.of(options) == wanted


def test_who_says_nothing_gets_the_high_profile_in_whole_frames() -> None:
    assert (PLAIN.profile, PLAIN.slices) == (Profile.HIGH, False)

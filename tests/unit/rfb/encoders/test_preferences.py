from __future__ import annotations

import pytest

from desktopd.rfb.encoders.h264.video import PLAIN, Profile, VideoFormat
from desktopd.rfb.encoders.preferences import EncodingPreferences, jpeg_parameters
from desktopd.rfb.protocol.encodings import Encoding
from desktopd.rfb.protocol.pixel_format import NATIVE, PixelFormat

FINE = Encoding.JPEG_QUALITY_9
PALE = PixelFormat(8, 8, False, True, 7, 7, 3, 0, 3, 6)
COLOUR_MAP = PixelFormat(8, 8, False, False, 0, 0, 0, 0, 0, 0)
DEEP = PixelFormat(16, 16, True, True, 31, 63, 31, 11, 5, 0)


@pytest.mark.parametrize(
    ("encodings", "base", "codec"),
    [
        ([], Encoding.RAW, "raw"),
        ([99, -5, 1 << 30], Encoding.RAW, "raw"),
        ([Encoding.ZRLE, Encoding.TIGHT], Encoding.ZRLE, "zrle"),
        ([Encoding.COPYRECT, Encoding.TIGHT, Encoding.ZRLE], Encoding.TIGHT, "tight"),
        ([Encoding.TIGHT, FINE], Encoding.TIGHT, "jpeg"),
        ([Encoding.ZRLE, FINE], Encoding.ZRLE, "zrle"),
        ([Encoding.H264, Encoding.TIGHT], Encoding.TIGHT, "tight"),
        ([Encoding.TIGHT, Encoding.H264, FINE], Encoding.TIGHT, "h264"),
        ([Encoding.H264, FINE], Encoding.RAW, "h264"),
    ],
)
def test_what_is_made_for_a_viewer(encodings: list[int], base: Encoding, codec: str) -> None:
    preferences = EncodingPreferences.of(encodings, NATIVE)
    assert (preferences.base, preferences.codec) == (base, codec)
    assert preferences.shared == (base is not Encoding.ZRLE)


@pytest.mark.parametrize(("target", "jpeg"), [(PALE, False), (COLOUR_MAP, False), (DEEP, True)])
def test_jpeg_is_for_16_and_32_bits_per_pixel(target: PixelFormat, jpeg: bool) -> None:
    assert EncodingPreferences.of([Encoding.TIGHT, FINE], target).jpeg == jpeg


def test_the_levels_of_quality_and_compression() -> None:
    assert [EncodingPreferences.of([level], NATIVE).quality for level in range(-32, -22)] == list(
        range(10)
    )
    all_preferences = [EncodingPreferences.of([level], NATIVE) for level in range(-256, -246)]
    assert [preferences.compression for preferences in all_preferences] == list(range(10))
    assert [preferences.zlib_level for preferences in all_preferences] == [1, *range(1, 10)]


def test_the_first_of_several_levels_counts() -> None:
    assert EncodingPreferences.of([-25, -30], NATIVE).quality == 7


def test_a_better_level_is_finer() -> None:
    all_preferences = [EncodingPreferences.of([level], NATIVE) for level in range(-32, -22)]
    quantisers = [preferences.finest_quantiser for preferences in all_preferences]
    assert quantisers == sorted(quantisers, reverse=True)
    assert len(set(quantisers)) == 10
    for pixels in (128 * 128, 1920 * 1080):
        most = [preferences.most_video(pixels) for preferences in all_preferences]
        assert most == sorted(set(most))
    assert all_preferences[6].most_video(128 * 128) < all_preferences[6].most_video(1920 * 1080)
    qualities = [jpeg_parameters(level)[0] for level in range(10)]
    assert qualities == sorted(qualities)


def test_copyrect_and_the_profile_of_video() -> None:
    assert EncodingPreferences.of([Encoding.COPYRECT], NATIVE).copies
    assert not EncodingPreferences.of([Encoding.TIGHT], NATIVE).copies
    assert EncodingPreferences.of([Encoding.H264, FINE], NATIVE).video == PLAIN
    wanted = [Encoding.H264, FINE, Encoding.BASELINE_ONLY]
    assert EncodingPreferences.of(wanted, NATIVE).video == VideoFormat(Profile.BASELINE)
    wanted = [Encoding.H264, FINE, Encoding.SLICES]
    assert EncodingPreferences.of(wanted, NATIVE).video == VideoFormat(slices=True)


def test_viewers_that_want_the_same_share() -> None:
    one = EncodingPreferences.of([Encoding.TIGHT, Encoding.CURSOR, FINE], NATIVE)
    other = EncodingPreferences.of([Encoding.RRE, Encoding.TIGHT, FINE, Encoding.FENCE], NATIVE)
    assert one == other
    assert hash(one) == hash(other)

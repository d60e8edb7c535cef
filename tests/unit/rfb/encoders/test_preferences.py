from __future__ import annotations

import pytest

from desktopd.rfb.encoders.h264.encoder import H264Encoder
from desktopd.rfb.encoders.jpeg import JpegEncoder
from desktopd.rfb.encoders.preferences import EncodingPreferences
from desktopd.rfb.encoders.registry import ENCODERS
from desktopd.rfb.protocol.encodings import Encoding
from desktopd.rfb.protocol.pixel_format import NATIVE, PixelFormat

FINE = Encoding.JPEG_QUALITY_9
PALE = PixelFormat(8, 8, False, True, 7, 7, 3, 0, 3, 6)
COLOUR_MAP = PixelFormat(8, 8, False, False, 0, 0, 0, 0, 0, 0)
DEEP = PixelFormat(16, 16, True, True, 31, 63, 31, 11, 5, 0)


@pytest.mark.parametrize(
    ("encodings", "lossless", "codec"),
    [
        ([], "raw", "raw"),
        ([99, -5, 1 << 30], "raw", "raw"),
        ([Encoding.ZRLE, Encoding.TIGHT], "zrle", "zrle"),
        ([Encoding.COPYRECT, Encoding.TIGHT, Encoding.ZRLE], "tight", "tight"),
        ([Encoding.RAW, Encoding.TIGHT], "raw", "raw"),
        ([Encoding.TIGHT, FINE], "tight", "jpeg"),
        ([FINE, Encoding.TIGHT], "tight", "jpeg"),
        ([Encoding.ZRLE, FINE], "zrle", "zrle"),
        ([Encoding.ZRLE, Encoding.TIGHT, FINE], "zrle", "zrle"),
        ([Encoding.TIGHT, Encoding.ZRLE, FINE], "tight", "jpeg"),
        ([Encoding.H264, Encoding.TIGHT], "tight", "tight"),
        ([Encoding.TIGHT, Encoding.H264, FINE], "tight", "h264"),
        ([Encoding.H264, FINE], "raw", "h264"),
    ],
)
def test_the_encoders_that_a_viewer_gets(encodings: list[int], lossless: str, codec: str) -> None:
    preferences = EncodingPreferences.of(encodings, NATIVE)
    assert (preferences.lossless.codec, preferences.codec) == (lossless, codec)


@pytest.mark.parametrize("kind", ENCODERS, ids=lambda kind: kind.codec)
def test_a_viewer_gets_each_encoder_that_it_asks_for(kind: type) -> None:
    preferences = EncodingPreferences.of([kind.encoding, Encoding.TIGHT, FINE], NATIVE)
    of_slow_links = preferences.on(125_000).lossless
    assert kind in (preferences.lossless, of_slow_links, preferences.lossy, preferences.video)


def test_what_is_dense_is_for_slow_links_of_viewers_that_list_it_beside_tight() -> None:
    listed = [Encoding.TIGHT, Encoding.WEBP, FINE]
    preferences = EncodingPreferences.of(listed, NATIVE)
    for rate, codec in ((125_000, "webp"), (2_500_000, "tight")):
        assert preferences.on(rate).lossless.codec == codec
    assert preferences.on(125_000).lossy is JpegEncoder
    for other in ([Encoding.TIGHT, FINE], [Encoding.WEBP, FINE]):
        preferences = EncodingPreferences.of(other, NATIVE)
        assert preferences.on(125_000) is preferences


@pytest.mark.parametrize(("target", "jpeg"), [(PALE, False), (COLOUR_MAP, False), (DEEP, True)])
def test_jpeg_is_for_16_and_32_bits_per_pixel(target: PixelFormat, jpeg: bool) -> None:
    preferences = EncodingPreferences.of([Encoding.TIGHT, FINE], target)
    assert preferences.lossy == (JpegEncoder if jpeg else None)


def test_a_viewer_that_may_have_no_video_gets_still_pictures() -> None:
    wanted = [Encoding.H264, Encoding.TIGHT, FINE, Encoding.SLICES]
    preferences = EncodingPreferences.of(wanted, NATIVE, video=False)
    assert preferences == EncodingPreferences.of([Encoding.TIGHT, FINE], NATIVE)
    assert preferences.codec == "jpeg"


def test_the_levels_of_quality_and_compression() -> None:
    qualities = [EncodingPreferences.of([level], NATIVE).quality for level in range(-32, -22)]
    assert qualities == list(range(10))
    levels = [EncodingPreferences.of([level], NATIVE).compression for level in range(-256, -246)]
    assert levels == list(range(10))


def test_no_level_of_who_may_only_watch_takes_longer_than_the_usual_one() -> None:
    levels = range(Encoding.COMPRESSION_LEVEL_0, Encoding.COMPRESSION_LEVEL_9 + 1)
    made = [EncodingPreferences.of([level], NATIVE, watching=True) for level in levels]
    assert [one.compression for one in made] == [0, 1, *[2] * 8]


def test_the_first_of_several_levels_counts() -> None:
    assert EncodingPreferences.of([-25, -30], NATIVE).quality == 7


def test_copyrect_and_what_the_viewer_decodes_of_a_video() -> None:
    assert EncodingPreferences.of([Encoding.COPYRECT], NATIVE).copy_rect
    assert not EncodingPreferences.of([Encoding.TIGHT], NATIVE).copy_rect
    wanted = [Encoding.H264, FINE, Encoding.FENCE]
    preferences = EncodingPreferences.of(wanted, NATIVE)
    assert (preferences.video, preferences.video_options) == (H264Encoder, frozenset())
    for option in H264Encoder.options:
        preferences = EncodingPreferences.of([*wanted, option], NATIVE)
        assert preferences.video_options == {option}


def test_viewers_that_want_the_same_share() -> None:
    one = EncodingPreferences.of([Encoding.TIGHT, Encoding.CURSOR, FINE], NATIVE)
    other = EncodingPreferences.of([Encoding.RRE, Encoding.TIGHT, FINE, Encoding.FENCE], NATIVE)
    assert one == other
    assert hash(one) == hash(other)

from __future__ import annotations

import pytest

from desktopd.rfb.encodings import Encoding
from desktopd.rfb.native.style import Style, jpeg_parameters
from desktopd.rfb.native.video import PLAIN, Profile, VideoFormat
from desktopd.rfb.pixelformat import NATIVE, PixelFormat

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
    style = Style.of(encodings, NATIVE)
    assert (style.base, style.codec) == (base, codec)
    assert style.shared == (base is not Encoding.ZRLE)


@pytest.mark.parametrize(("target", "jpeg"), [(PALE, False), (COLOUR_MAP, False), (DEEP, True)])
def test_jpeg_is_for_16_and_32_bits_per_pixel(target: PixelFormat, jpeg: bool) -> None:
    assert Style.of([Encoding.TIGHT, FINE], target).jpeg == jpeg


def test_the_levels_of_quality_and_compression() -> None:
    assert [Style.of([level], NATIVE).quality for level in range(-32, -22)] == list(range(10))
    styles = [Style.of([level], NATIVE) for level in range(-256, -246)]
    assert [style.compression for style in styles] == list(range(10))
    assert [style.zlib_level for style in styles] == [1, *range(1, 10)]


def test_the_first_of_several_levels_counts() -> None:
    assert Style.of([-25, -30], NATIVE).quality == 7


def test_a_better_level_is_finer() -> None:
    styles = [Style.of([level], NATIVE) for level in range(-32, -22)]
    quantisers = [style.finest_quantiser for style in styles]
    assert quantisers == sorted(quantisers, reverse=True)
    assert len(set(quantisers)) == 10
    for pixels in (128 * 128, 1920 * 1080):
        most = [style.most_video(pixels) for style in styles]
        assert most == sorted(set(most))
    assert styles[6].most_video(128 * 128) < styles[6].most_video(1920 * 1080)
    qualities = [jpeg_parameters(level)[0] for level in range(10)]
    assert qualities == sorted(qualities)


def test_copyrect_and_the_profile_of_video() -> None:
    assert Style.of([Encoding.COPYRECT], NATIVE).copies
    assert not Style.of([Encoding.TIGHT], NATIVE).copies
    assert Style.of([Encoding.H264, FINE], NATIVE).video == PLAIN
    wanted = [Encoding.H264, FINE, Encoding.BASELINE_ONLY]
    assert Style.of(wanted, NATIVE).video == VideoFormat(Profile.BASELINE)
    wanted = [Encoding.H264, FINE, Encoding.SLICES]
    assert Style.of(wanted, NATIVE).video == VideoFormat(slices=True)


def test_viewers_that_want_the_same_share() -> None:
    one = Style.of([Encoding.TIGHT, Encoding.CURSOR, FINE], NATIVE)
    other = Style.of([Encoding.RRE, Encoding.TIGHT, FINE, Encoding.FENCE], NATIVE)
    assert one == other
    assert hash(one) == hash(other)

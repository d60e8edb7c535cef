"""Video by the libx264 and libyuv of this machine, decoded by FFmpeg."""

from __future__ import annotations

import re

import av
import numpy as np
import pytest

from desktopd.rfb.encoders.h264 import x264
from desktopd.rfb.encoders.h264.video import Profile, VideoError, VideoFormat, macroblocks
from desktopd.rfb.encoders.h264.x264 import X264
from tests.unit.rfb.server.test_update_encoder import luma
from tests.x11.rfbclient import plane, shown, video_decoder

SPS, PPS, IDR, SLICE = 7, 8, 5, 1
SIZES = [(16, 16), (18, 34), (64, 48), (130, 98), (322, 242)]


def picture(width: int, height: int, step: int = 0) -> np.ndarray:
    """Soft colours that move with `step`."""
    y, x = np.mgrid[0:height, 0:width]
    red = (127 + 100 * np.sin((x + 5 * step) / 19) * np.cos(y / 23)).astype(np.uint32)
    green = (127 + 100 * np.cos((y + 3 * step) / 17)).astype(np.uint32)
    found: np.ndarray = red << 16 | green << 8 | np.uint32(90)
    return found


def noise(width: int, height: int, seed: int = 0) -> np.ndarray:
    random = np.random.default_rng(seed)
    found: np.ndarray = random.integers(0, 1 << 24, (height, width), np.uint32)
    return found


def units(data: bytes) -> list[int]:
    """The types of the NAL units in Annex B."""
    return [part[0] & 31 for part in re.split(b"\0\0\0?\1", data) if part]


def psnr(seen: np.ndarray, pixels: np.ndarray) -> float:
    real = luma(pixels)
    error = luma_of(seen) - real
    return float(10 * np.log10(255**2 / (np.mean(error**2) + 1e-9)))


def luma_of(octets: np.ndarray) -> np.ndarray:
    found: np.ndarray = octets.astype(float) @ (0.299, 0.587, 0.114)
    return found


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_each_picture_is_one_slice_and_the_first_begins_with_its_parameters(
    width: int, height: int
) -> None:
    encoder, decoder = X264(width, height), video_decoder()
    made = [encoder.encode(picture(width, height, step), 20, key=step == 3) for step in range(5)]
    encoder.close()
    assert [units(data) for data in made] == [
        [SPS, PPS, IDR],
        [SLICE],
        [SLICE],
        [SPS, PPS, IDR],
        [SLICE],
    ]
    for step, data in enumerate(made):
        seen = shown(decoder.decode(av.Packet(data)))
        assert seen.shape == (height, width, 3)
        assert psnr(seen, picture(width, height, step)) > 38


@pytest.mark.parametrize("profile", Profile)
def test_slices_are_made_for_who_can_decode_them(
    profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(x264, "THREADS", 3)
    encoder, decoder = X264(320, 240, VideoFormat(profile, slices=True)), video_decoder()
    made = [encoder.encode(picture(320, 240, step), 20) for step in range(3)]
    encoder.close()
    assert [units(data) for data in made] == [[SPS, PPS, *3 * [IDR]], 3 * [SLICE], 3 * [SLICE]]
    for step, data in enumerate(made):
        assert psnr(shown(decoder.decode(av.Packet(data))), picture(320, 240, step)) > 38


@pytest.mark.parametrize("colour", [0x000000, 0xFFFFFF, 0xFF0000, 0x00FF00, 0x0000FF, 0x808080])
def test_colours_are_those_of_bt601_in_full_range(colour: int) -> None:
    encoder, decoder = X264(32, 32), video_decoder()
    data = encoder.encode(np.full((32, 32), colour, np.uint32), 4)
    encoder.close()
    (frame,) = decoder.decode(av.Packet(data))
    assert (frame.format.name, frame.color_range, frame.colorspace) == ("yuvj420p", 2, 6)
    red, green, blue = colour >> 16, colour >> 8 & 255, colour & 255
    wanted = (
        0.299 * red + 0.587 * green + 0.114 * blue,
        128 - 0.168736 * red - 0.331264 * green + 0.5 * blue,
        128 + 0.5 * red - 0.418688 * green - 0.081312 * blue,
    )
    for number, value in enumerate(wanted):
        assert abs(plane(number, frame).mean() - min(255, value)) < 2


def test_the_quantiser_is_obeyed_from_picture_to_picture() -> None:
    encoder, decoder = X264(320, 240), video_decoder()
    quality, sizes = [], []
    for step, quantiser in enumerate((18, 40, 18, 40, 26)):
        data = encoder.encode(noise(320, 240, step), quantiser)
        sizes.append(len(data))
        quality.append(psnr(shown(decoder.decode(av.Packet(data))), noise(320, 240, step)))
    encoder.close()
    assert sizes[1] < sizes[0] / 3
    assert sizes[3] < sizes[2] / 3
    assert sizes[1] < sizes[4] < sizes[2]
    assert min(quality[0], quality[2]) > 34
    assert quality[1] < quality[4] < quality[2]


def test_what_is_told_to_be_constant_is_not_looked_at() -> None:
    width, height = 160, 96
    encoder, decoder = X264(width, height), video_decoder()
    first, second = noise(width, height, 1), noise(width, height, 2)
    before = shown(decoder.decode(av.Packet(encoder.encode(first, 24))))
    constant = np.ones(macroblocks(width, height), np.bool_)
    constant[2, 3] = False
    data = encoder.encode(second, 24, constant=constant)
    encoder.close()
    after = shown(decoder.decode(av.Packet(data)))
    different = np.any(after != before, axis=-1)
    # Its neighbours change by what the deblocking filter does along the edges.
    outside = different.copy()
    outside[32 - 8 : 48 + 8, 48 - 8 : 64 + 8] = False
    assert not outside.any()
    place = np.s_[34:46, 50:62]
    assert different[34:46, 50:62].mean() > 0.9
    assert psnr(after[place], second[place]) > 25


@pytest.mark.parametrize(("profile", "number"), [(Profile.BASELINE, 66), (Profile.HIGH, 100)])
def test_the_profile_is_the_one_asked_for(profile: Profile, number: int) -> None:
    encoder, decoder = X264(64, 48, VideoFormat(profile)), video_decoder()
    data = encoder.encode(picture(64, 48), 20)
    encoder.close()
    parameters = next(part for part in re.split(b"\0\0\0?\1", data) if part and part[0] & 31 == SPS)
    assert parameters[1] == number
    assert psnr(shown(decoder.decode(av.Packet(data))), picture(64, 48)) > 38


def test_pictures_where_nothing_changes_cost_next_to_nothing() -> None:
    encoder = X264(640, 480)
    encoder.encode(noise(640, 480), 20)
    constant = np.ones(macroblocks(640, 480), np.bool_)
    still = encoder.encode(noise(640, 480), 20, constant=constant)
    encoder.close()
    assert len(still) < 100


def test_a_part_of_a_larger_picture_is_encoded_in_place() -> None:
    whole = picture(200, 100)
    part = whole[10:74, 20:116]
    encoder, other = X264(96, 64), X264(96, 64)
    assert encoder.encode(part, 22) == other.encode(part.copy(), 22)
    encoder.close()
    other.close()


@pytest.mark.parametrize("shape", [(64, 66), (66, 64), (32, 64)])
def test_pixels_of_another_size_are_refused(shape: tuple[int, int]) -> None:
    encoder = X264(64, 64)
    with pytest.raises(VideoError, match="do not fit 64x64"):
        encoder.encode(np.zeros(shape, np.uint32), 20)
    with pytest.raises(VideoError, match="do not fit 64x64"):
        encoder.encode(np.zeros((64, 128), np.uint32)[:, ::2], 20)
    encoder.close()


@pytest.mark.parametrize(("width", "height"), [(63, 64), (64, 63), (0, 64), (17, 17)])
def test_a_size_that_libx264_does_not_take_is_refused(width: int, height: int) -> None:
    with pytest.raises(VideoError, match=f"makes no stream of {width}x{height}"):
        X264(width, height)


def test_a_library_that_is_laid_out_in_another_way_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fields = [*x264._Param._fields_]
    fields[3:3] = [("something_new", x264.c_int)]
    moved = type("_Param", (x264.Structure,), {"_fields_": fields})
    monkeypatch.setattr(x264, "_Param", moved)
    x264._library.cache_clear()
    try:
        with pytest.raises(VideoError, match="laid out in another way"):
            X264(64, 64)
    finally:
        x264._library.cache_clear()


def test_a_machine_without_libx264_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(x264, "BUILDS", (1,))
    x264._library.cache_clear()
    try:
        with pytest.raises(VideoError, match="apt-get install libx264"):
            X264(64, 64)
    finally:
        x264._library.cache_clear()


def test_an_encoder_can_be_closed_twice() -> None:
    encoder = X264(64, 64)
    encoder.close()
    encoder.close()
    with pytest.raises(VideoError, match="closed"):
        encoder.encode(picture(64, 64), 20)

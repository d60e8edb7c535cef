"""Frames by the libx264 of this machine, decoded by FFmpeg."""

from __future__ import annotations

import re

import av
import numpy as np
import pytest
from av.video.reformatter import ColorRange
from PIL import Image

from desktopd.geometry import Size
from desktopd.rfb.encoders.encoder import VideoError
from desktopd.rfb.encoders.h264 import x264
from desktopd.rfb.encoders.h264.macroblocks import mask_shape
from desktopd.rfb.encoders.h264.stream_format import Profile, StreamFormat
from desktopd.rfb.encoders.h264.x264 import X264
from desktopd.rfb.encoders.pixels import Pixels
from tests.rfb_decoders import plane, shown, video_decoder
from tests.unit.rfb.encoders.pictures import moving, noise, packed, psnr

SPS, PPS, IDR, SLICE = 7, 8, 5, 1
SIZES = [(16, 16), (18, 34), (64, 48), (130, 98), (322, 242)]


def units(data: bytes) -> list[int]:
    """The types of the NAL units in Annex B."""
    return [part[0] & 31 for part in re.split(b"\0\0\0?\1", data) if part]


def seen(decoder: av.VideoCodecContext, data: bytes) -> Pixels:
    return packed(shown(decoder.decode(av.Packet(data))))


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_each_frame_is_one_slice_and_the_first_begins_with_its_parameters(
    width: int, height: int
) -> None:
    encoder, decoder = X264(width, height), video_decoder()
    made = [encoder.encode(moving(width, height, step), 20, key=step == 3) for step in range(5)]
    encoder.close()
    assert [units(data) for data in made] == [
        [SPS, PPS, IDR],
        [SLICE],
        [SLICE],
        [SPS, PPS, IDR],
        [SLICE],
    ]
    for step, data in enumerate(made):
        frame = seen(decoder, data)
        assert frame.shape == (height, width)
        assert psnr(frame, moving(width, height, step)) > 38


def test_a_decoder_of_the_limited_range_sees_the_same_colours() -> None:
    encoder, decoder = X264(320, 240, StreamFormat(limited=True)), video_decoder()
    for step in range(3):
        data = encoder.encode(moving(320, 240, step), 20)
        (frame,) = decoder.decode(av.Packet(data))
        assert frame.color_range == ColorRange.MPEG
        assert psnr(packed(shown([frame])), moving(320, 240, step)) > 38
    encoder.close()


@pytest.mark.parametrize(("width", "height"), [(64, 48), (130, 98), (322, 242)])
def test_halved_frames_are_means_of_four_pixels(width: int, height: int) -> None:
    encoder, decoder = X264(width, height, halved=True), video_decoder()
    changed = np.ones(mask_shape(Size(width, height)), np.bool_)
    for step in range(3):
        whole = moving(width, height, step)
        frame = seen(decoder, encoder.encode(whole, 10, changed=changed))
        assert frame.shape == (-(-height // 4) * 2, -(-width // 4) * 2)
        image = Image.frombuffer("RGBX", (width, height), whole.tobytes(), "raw", "BGRX")
        small = np.asarray(image.convert("RGB").resize(frame.shape[::-1], Image.Resampling.BOX))
        assert psnr(frame, packed(small)) > 32
    encoder.close()


NEVER, ALWAYS = (51, 52), (-1, 0)


@pytest.mark.parametrize(("quantisers", "like"), [((36, 20), NEVER), ((20, 36), ALWAYS)])
def test_a_stream_takes_time_for_small_frames_where_it_is_coarse(
    quantisers: tuple[int, int], like: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def last() -> bytes:
        """The last key frame of a stream whose quantiser changes."""
        encoder = X264(322, 242)
        for quantiser in quantisers:
            data = encoder.encode(moving(322, 242, 0), quantiser, key=True)
        encoder.close()
        return data

    made = last()
    by = {}
    for thresholds in (NEVER, ALWAYS):
        monkeypatch.setattr(x264, "_FINE", thresholds[0])
        monkeypatch.setattr(x264, "_COARSE", thresholds[1])
        by[thresholds] = last()
    assert by[NEVER] != by[ALWAYS]
    assert made == by[like]


@pytest.mark.parametrize("profile", Profile)
def test_slices_are_made_for_who_can_decode_them(
    profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(x264, "THREADS", 3)
    encoder, decoder = X264(320, 240, StreamFormat(profile, slices=True)), video_decoder()
    made = [encoder.encode(moving(320, 240, step), 20) for step in range(3)]
    encoder.close()
    assert [units(data) for data in made] == [[SPS, PPS, *3 * [IDR]], 3 * [SLICE], 3 * [SLICE]]
    for step, data in enumerate(made):
        assert psnr(seen(decoder, data), moving(320, 240, step)) > 38


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


def test_the_quantiser_is_obeyed_from_frame_to_frame() -> None:
    encoder, decoder = X264(320, 240), video_decoder()
    quality, sizes = [], []
    for step, quantiser in enumerate((18, 40, 18, 40, 26)):
        data = encoder.encode(noise(320, 240, step), quantiser)
        sizes.append(len(data))
        quality.append(psnr(seen(decoder, data), noise(320, 240, step)))
    encoder.close()
    assert sizes[1] < sizes[0] / 3
    assert sizes[3] < sizes[2] / 3
    assert sizes[1] < sizes[4] < sizes[2]
    assert min(quality[0], quality[2]) > 34
    assert quality[1] < quality[4] < quality[2]


def test_what_has_not_changed_is_not_looked_at() -> None:
    width, height = 160, 96
    encoder, decoder = X264(width, height), video_decoder()
    first, second = noise(width, height, 1), noise(width, height, 2)
    before = seen(decoder, encoder.encode(first, 24))
    changed = np.zeros(mask_shape(Size(width, height)), np.bool_)
    changed[2, 3] = True
    data = encoder.encode(second, 24, changed=changed)
    encoder.close()
    after = seen(decoder, data)
    different = after != before
    # Its neighbours change by what the deblocking filter does along the edges.
    outside = different.copy()
    outside[32 - 8 : 48 + 8, 48 - 8 : 64 + 8] = False
    assert not outside.any()
    place = np.s_[34:46, 50:62]
    assert different[34:46, 50:62].mean() > 0.9
    assert psnr(after[place], second[place]) > 25


@pytest.mark.parametrize(("profile", "number"), [(Profile.BASELINE, 66), (Profile.HIGH, 100)])
def test_the_profile_is_the_one_asked_for(profile: Profile, number: int) -> None:
    encoder, decoder = X264(64, 48, StreamFormat(profile)), video_decoder()
    data = encoder.encode(moving(64, 48), 20)
    encoder.close()
    parameters = next(part for part in re.split(b"\0\0\0?\1", data) if part and part[0] & 31 == SPS)
    assert parameters[1] == number
    assert psnr(seen(decoder, data), moving(64, 48)) > 38


def test_frames_where_nothing_changes_cost_next_to_nothing() -> None:
    encoder = X264(640, 480)
    encoder.encode(noise(640, 480), 20)
    changed = np.zeros(mask_shape(Size(640, 480)), np.bool_)
    still = encoder.encode(noise(640, 480), 20, changed=changed)
    encoder.close()
    assert len(still) < 100


def test_a_part_of_a_larger_picture_is_encoded_in_place() -> None:
    whole = moving(200, 100)
    part = whole[10:74, 20:116]
    encoder, other = X264(96, 64), X264(96, 64)
    assert encoder.encode(part, 22) == other.encode(part.copy(), 22)
    encoder.close()
    other.close()


def test_a_fast_stream_takes_more_bytes_and_looks_as_good() -> None:
    sizes = []
    for fast in (False, True):
        encoder, decoder = X264(320, 240, fast=fast), video_decoder()
        made = [encoder.encode(moving(320, 240, step), 20) for step in range(4)]
        encoder.close()
        sizes.append(sum(map(len, made)))
        for step, data in enumerate(made):
            assert psnr(seen(decoder, data), moving(320, 240, step)) > 38
    assert sizes[0] < sizes[1] < 1.6 * sizes[0]


@pytest.mark.parametrize(("width", "height"), [(63, 64), (64, 63), (0, 64), (17, 17)])
def test_a_size_that_libx264_does_not_take_is_refused(width: int, height: int) -> None:
    with pytest.raises(VideoError, match=f"makes no stream of {width}x{height}"):
        X264(width, height)


def test_an_encoder_can_be_closed_twice() -> None:
    encoder = X264(64, 64)
    encoder.close()
    encoder.close()
    with pytest.raises(VideoError, match="closed"):
        encoder.encode(moving(64, 64), 20)

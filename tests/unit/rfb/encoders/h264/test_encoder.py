"""Rectangles of Open H.264, decoded by FFmpeg."""

from __future__ import annotations

from struct import unpack

import numpy as np
import pytest

from desktopd.geometry import Rectangle, Size
from desktopd.rfb.encoders.encoder import VideoError
from desktopd.rfb.encoders.h264.encoder import H264Encoder
from desktopd.rfb.protocol.encodings import Encoding
from desktopd.rfb.protocol.pixel_format import NATIVE
from tests.rfb_decoders import H264, Form, decoded
from tests.unit.rfb.encoders.pictures import moving, noise, psnr

REGION = Rectangle(32, 48, 320, 240)
LEVEL = 6
RESET = 1


class Stream:
    def __init__(self, *options: Encoding) -> None:
        self.encoder = H264Encoder(Size(REGION.width, REGION.height), frozenset(options))
        self.decoder = H264()
        self.seen = np.zeros((REGION.height, REGION.width), np.uint32)

    def frame(self, pixels: np.ndarray, **options: object) -> tuple[int, int]:
        """Bytes of the next frame, and its flags; it is decoded too."""
        rectangle = self.encoder.encode(REGION, pixels, NATIVE, LEVEL, **options)  # type: ignore[arg-type]
        assert (rectangle.area, rectangle.lossy) == (REGION, True)
        assert unpack(">4Hi", rectangle.data[:12]) == (32, 48, 320, 240, Encoding.H264)
        length, flags = unpack(">II", rectangle.data[12:20])
        assert length == len(rectangle.data) - 20
        self.seen = decoded(self.decoder.rectangle(320, 240, Form(NATIVE)), rectangle.data[12:])
        return length, flags


def test_the_first_frame_and_each_key_frame_reset_the_decoder() -> None:
    stream = Stream()
    flags = [stream.frame(moving(320, 240, n), key=n == 2)[1] for n in range(4)]
    assert flags == [RESET, 0, RESET, 0]
    stream.encoder.close()


def test_only_what_has_changed_is_encoded() -> None:
    stream = Stream()
    whole = stream.frame(noise(320, 240, 1))[0]
    before = stream.seen
    changed = np.zeros((15, 20), np.bool_)
    changed[2, 3] = True
    assert stream.frame(noise(320, 240, 2), changed=changed)[0] < whole / 50
    assert np.any(stream.seen != before)
    assert np.array_equal(stream.seen[64:], before[64:])
    assert stream.frame(noise(320, 240, 3), changed=np.zeros_like(changed))[0] < 200
    stream.encoder.close()


def test_a_key_frame_has_everything_whatever_has_changed() -> None:
    stream = Stream()
    stream.frame(moving(320, 240, 0))
    stream.frame(moving(320, 240, 5), changed=np.zeros((15, 20), np.bool_), key=True)
    assert psnr(stream.seen, moving(320, 240, 5)) > 38
    stream.encoder.close()


def test_frames_come_to_fit_their_budget() -> None:
    stream = Stream()
    sizes = [stream.frame(noise(320, 240, n), budget=12_000)[0] for n in range(15)]
    assert max(sizes[5:]) < 18_000
    assert np.mean(sizes[5:]) > 5_000
    stream.encoder.close()


def test_a_link_too_thin_gets_halves_until_it_has_room() -> None:
    stream, whole = Stream(Encoding.HALVED), Stream()
    thin = [stream.frame(noise(320, 240, n), budget=600) for n in range(30)]
    assert [flags for _, flags in thin] == [RESET] + [0] * 29
    least = [whole.frame(noise(320, 240, n), budget=600)[0] for n in range(30)]
    assert sum(size for size, _ in thin[5:]) < 0.5 * sum(least[5:])
    wide = [stream.frame(noise(320, 240, n), budget=200_000)[1] for n in range(90)]
    assert wide.count(RESET) == 1
    assert psnr(stream.seen, noise(320, 240, 89)) > 15
    then = [stream.frame(noise(320, 240, n), budget=600)[1] for n in range(90)]
    assert then.count(RESET) == 1
    stream.encoder.close()
    whole.encoder.close()


@pytest.mark.parametrize(("budget", "better"), [(300, 1.5), (500, -0.5), (2_000, -1.5)])
def test_what_is_smooth_is_halved_and_looks_better_or_as_good(budget: float, better: float) -> None:
    stream, whole = Stream(Encoding.HALVED), Stream()
    sizes: list[list[int]] = []
    for n in range(40):
        picture = moving(320, 240, n)
        sizes.append([one.frame(picture, budget=budget)[0] for one in (stream, whole)])
    assert psnr(stream.seen, picture) > psnr(whole.seen, picture) + better
    halved, normal = np.sum(sizes[20:], axis=0)
    assert halved < 1.1 * normal
    stream.encoder.close()
    whole.encoder.close()


def test_a_better_level_and_more_time_are_worth_more_bytes() -> None:
    least = H264Encoder.most_bytes(5, REGION.area, 1 / 60)
    assert least < H264Encoder.most_bytes(6, REGION.area, 1 / 60)
    assert least < H264Encoder.most_bytes(5, REGION.area, 1 / 30)


def test_this_machine_makes_video() -> None:
    H264Encoder.check()


@pytest.mark.parametrize("size", [Size(63, 64), Size(64, 63)])
def test_a_region_of_odd_sides_is_refused(size: Size) -> None:
    with pytest.raises(VideoError, match=f"makes no stream of {size}"):
        H264Encoder(size)


def test_a_closed_stream_makes_nothing() -> None:
    stream = Stream()
    stream.encoder.close()
    with pytest.raises(VideoError, match="closed"):
        stream.frame(moving(320, 240))

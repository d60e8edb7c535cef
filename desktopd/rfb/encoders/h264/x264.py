"""A stream of frames by libx264; `libx264.py` has the structures of its C interface."""

from __future__ import annotations

import ctypes
from ctypes import POINTER, byref, c_int, c_void_p
from typing import Any

import numpy as np

from desktopd.cores import usable_cores
from desktopd.geometry import Rectangle, Size
from desktopd.rfb.encoders.encoder import VideoError
from desktopd.rfb.encoders.h264.halving import half, half_mask
from desktopd.rfb.encoders.h264.libx264 import (
    CSP_I420,
    TYPE_AUTO,
    TYPE_IDR,
    Nal,
    Parameters,
    Picture,
    load,
    set_parameter,
)
from desktopd.rfb.encoders.h264.macroblocks import Mask, bounds, mask_shape
from desktopd.rfb.encoders.h264.stream_format import PLAIN, StreamFormat
from desktopd.rfb.encoders.h264.yuv import I420, loss, scale, to_i420
from desktopd.rfb.encoders.pixels import Pixels

PRESET = b"ultrafast"
# Slices of a frame, made at the same time. Each costs bytes: it predicts nothing from the others.
THREADS = min(4, usable_cores())
_NAL_SLICES_AND_PARAMETER_SETS = frozenset({1, 5, 7, 8})
_PARAMETERS = (
    # These cost little and save a third of the bytes of the preset's frames; the profile leaves out
    # what it does not have.
    ("cabac", "1"),
    ("8x8dct", "1"),
    ("deblock", "0:0"),
    # Motion in quarters of pixels: 0.5 ms a frame, and 0.35 dB at the same bytes (replay2d).
    ("subme", "2"),
    # The colours of a fluorescence image tell as much as its brightness.
    ("chroma-qp-offset", "-3"),
    # More than one thread for whole frames would keep some back.
    ("threads", "1"),
    ("sliced-threads", "0"),
    ("keyint", "infinite"),
    ("scenecut", "0"),
    ("mbtree", "0"),
    # Each frame is told its quantiser, between those that I and B frames would have.
    ("qp", "25"),
    ("ipratio", "20.0"),
    ("pbratio", "20.0"),
    ("repeat-headers", "1"),
    ("annexb", "1"),
    ("aud", "0"),
    ("colorprim", "bt709"),
    ("transfer", "iec61966-2-1"),
    ("colormatrix", "smpte170m"),
    ("log", "0"),
)
# After the profile: CAVLC takes a third less time to encode and to decode, for up to half more
# bytes.
_FAST = ("cabac", "0")
# Trellis quantisation takes a third of a frame's time. The quarter to half dB that it gives nobody
# sees up to the first of these quantisers, where it ends; from the second on it begins.
_FINE, _COARSE = 31, 34


class X264:
    """One stream of frames of one size: I420, BT.601, full range unless its format is limited.

    Not for use by two threads at once.
    """

    def __init__(
        self,
        width: int,
        height: int,
        stream_format: StreamFormat = PLAIN,
        *,
        fast: bool = False,
        halved: bool = False,
    ) -> None:
        """Sides in pixels, both even; `fast` frames take less time and more bytes.

        With `halved` the frames that are decoded have about half of these sides (`half`). Raises
        VideoError where libx264 cannot be used.
        """
        self._library, open_encoder = load()
        self._parameters = parameters = _parameters(self._library, stream_format, fast=fast)
        self._fast, self._trellis = fast, False
        self._size = Size(width, height)
        coded = half(self._size) if halved else self._size
        parameters.width, parameters.height, parameters.csp = coded.width, coded.height, CSP_I420
        parameters.analyse.mb_info = 1
        self._encoder = c_void_p(open_encoder(byref(parameters)))
        if not self._encoder:
            raise VideoError(f"libx264 makes no stream of {width}x{height}")
        self._planes, self._limited = I420(width, height), stream_format.limited
        self._halved = I420(coded.width, coded.height) if halved else None
        self._picture = _picture(self._library, self._halved or self._planes)
        self._constant = np.zeros(mask_shape(coded), np.uint8)
        self._begun = False

    def encode(
        self, pixels: Pixels, quantiser: int, *, key: bool = False, changed: Mask | None = None
    ) -> bytes:
        """The next frame as Annex B: parameter sets where it is an IDR picture, and slices.

        `quantiser` is that of H.264 for P pictures, 0 to 51. `changed` tells, a macroblock each,
        what differs from the frame before; None: any may. Raises VideoError.
        """
        if not self._encoder:
            raise VideoError("the stream is closed")
        if key or not self._begun:
            key, changed = True, None
        area = Rectangle.of(self._size) if changed is None else bounds(changed, self._size)
        if area is not None:
            to_i420(pixels, self._planes, area, limited=self._limited)
            if self._halved:
                scale(self._planes, self._halved)
        self._refine(quantiser)
        picture = self._picture
        picture.type = TYPE_IDR if key else TYPE_AUTO
        picture.qp_plus_1 = quantiser + 1
        picture.properties.mb_info = None if changed is None else self._mark_constant(changed)
        picture.pts += 1
        data = self._encoded()
        self._begun = True
        return data

    def halving_loss(self) -> int:
        """The squared errors, summed, that the last frame has at half the size besides coding."""
        return loss(self._planes, half(self._size))

    def _refine(self, quantiser: int) -> None:
        """Take time for small frames where that is seen."""
        trellis = quantiser > _FINE if self._trellis else quantiser >= _COARSE
        if self._fast or trellis == self._trellis:
            return
        self._trellis = trellis
        set_parameter(self._library, self._parameters, "trellis", str(int(trellis)))
        if self._library.x264_encoder_reconfig(self._encoder, byref(self._parameters)):
            raise VideoError(f"libx264 refuses trellis={trellis:d} in a stream")

    def _mark_constant(self, changed: Mask) -> int:
        """Tell which macroblocks have not changed; the address of that."""
        # X264_MBINFO_CONSTANT is 1.
        coded = half_mask(changed, self._size) if self._halved else changed
        np.logical_not(coded, out=self._constant)
        return self._constant.ctypes.data

    def _encoded(self) -> bytes:
        nals, count, received = POINTER(Nal)(), c_int(), Picture()
        length = self._library.x264_encoder_encode(
            self._encoder, byref(nals), byref(count), byref(self._picture), byref(received)
        )
        if length <= 0:
            raise VideoError(f"libx264 made no frame ({length})")
        return b"".join(
            ctypes.string_at(nal.payload, nal.size)
            for nal in nals[: count.value]
            if nal.type in _NAL_SLICES_AND_PARAMETER_SETS
        )

    def close(self) -> None:
        """Free what the encoder holds."""
        if self._encoder:
            self._library.x264_encoder_close(self._encoder)
            self._encoder = c_void_p()

    def __del__(self) -> None:
        if hasattr(self, "_encoder"):
            self.close()


def _parameters(library: Any, stream_format: StreamFormat, *, fast: bool) -> Parameters:
    """Parameters for frames that are shown at once and cannot be late."""
    parameters = Parameters()
    profile = stream_format.profile.value
    if library.x264_param_default_preset(byref(parameters), PRESET, b"zerolatency"):
        raise VideoError(f"libx264 has no preset {PRESET.decode()}")
    for name, value in _PARAMETERS:
        set_parameter(library, parameters, name, value)
    if library.x264_param_apply_profile(byref(parameters), profile.encode()):
        raise VideoError(f"libx264 has no profile {profile}")
    set_parameter(library, parameters, "fullrange", "off" if stream_format.limited else "on")
    if stream_format.slices:
        set_parameter(library, parameters, "threads", str(THREADS))
        set_parameter(library, parameters, "sliced-threads", "1")
    if fast:
        set_parameter(library, parameters, *_FAST)
    return parameters


def _picture(library: Any, planes: I420) -> Picture:
    """The picture that is encoded again and again, over the memory of `planes`."""
    picture = Picture()
    library.x264_picture_init(byref(picture))
    picture.image.csp, picture.image.planes = CSP_I420, len(planes.planes)
    for n, plane in enumerate(planes.planes):
        picture.image.stride[n], picture.image.plane[n] = plane.strides[0], plane.ctypes.data
    return picture

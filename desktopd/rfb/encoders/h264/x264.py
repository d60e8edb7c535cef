"""H.264 by libx264, called through its C interface (x264.h).

FFmpeg's bindings for Python cannot change the quantiser of an open encoder from frame to frame, nor
tell it which macroblocks have not changed; libx264 itself can.
"""

from __future__ import annotations

import ctypes
import os
from ctypes import POINTER, Structure, byref, c_char_p, c_int, c_int64, c_uint8, c_uint32, c_void_p
from functools import cache
from typing import Any

import numpy as np

from desktopd.geometry import Rectangle, Size
from desktopd.rfb.encoders.h264.video import (
    PLAIN,
    Constant,
    Profile,
    VideoError,
    VideoFormat,
    macroblocks,
)
from desktopd.rfb.encoders.h264.yuv import I420, to_i420
from desktopd.rfb.encoders.pixels import Pixels
from desktopd.rfb.server.regions import bounds

# Builds of the interface that have the fields below at the same place.
BUILDS = (165, 164, 163)
PRESET = b"ultrafast"
THREADS = min(4, len(os.sched_getaffinity(0)))
_CSP_I420 = 2
_TYPE_AUTO, _TYPE_IDR = 0, 1
_NAL_SLICES_AND_PARAMETER_SETS = frozenset({1, 5, 7, 8})
_MB_CONSTANT = 1


class _Vui(Structure):
    _fields_ = [(f"field_{n}", c_int) for n in range(9)]


class _Analyse(Structure):
    _fields_ = [
        ("intra", c_uint32),
        ("inter", c_uint32),
        *[(f"field_{n}", c_int) for n in range(15)],
        ("noise_reduction", c_int),
        ("psy_rd", ctypes.c_float),
        ("psy_trellis", ctypes.c_float),
        ("psy", c_int),
        ("mb_info", c_int),
        ("mb_info_update", c_int),
        ("luma_deadzone", c_int * 2),
    ]


class _Param(Structure):
    _fields_ = [
        ("cpu", c_uint32),
        ("threads", c_int),
        ("lookahead_threads", c_int),
        ("sliced_threads", c_int),
        ("deterministic", c_int),
        ("cpu_independent", c_int),
        ("sync_lookahead", c_int),
        ("width", c_int),
        ("height", c_int),
        ("csp", c_int),
        ("bit_depth", c_int),
        ("level", c_int),
        ("frame_total", c_int),
        ("nal_hrd", c_int),
        ("vui", _Vui),
        ("frame_reference", c_int),
        ("dpb_size", c_int),
        ("keyint_max", c_int),
        *[(f"stream_{n}", c_int) for n in range(18)],
        ("cqm_preset", c_int),
        ("cqm_file", c_char_p),
        ("cqm", c_uint8 * 320),
        ("log", c_void_p),
        ("log_private", c_void_p),
        ("log_level", c_int),
        ("full_recon", c_int),
        ("dump_yuv", c_char_p),
        ("analyse", _Analyse),
        ("rest", c_uint8 * 8192),
    ]


class _Image(Structure):
    _fields_ = [
        ("csp", c_int),
        ("planes", c_int),
        ("stride", c_int * 4),
        ("plane", c_void_p * 4),
    ]


class _Properties(Structure):
    _fields_ = [
        ("quant_offsets", c_void_p),
        ("quant_offsets_free", c_void_p),
        ("mb_info", c_void_p),
        ("mb_info_free", c_void_p),
    ]


class _Picture(Structure):
    _fields_ = [
        ("type", c_int),
        ("qp_plus_1", c_int),
        ("pic_struct", c_int),
        ("keyframe", c_int),
        ("pts", c_int64),
        ("dts", c_int64),
        ("param", c_void_p),
        ("image", _Image),
        ("properties", _Properties),
        ("rest", c_uint8 * 1024),
    ]


class _Nal(Structure):
    _fields_ = [
        ("ref_idc", c_int),
        ("type", c_int),
        ("long_startcode", c_int),
        ("first_mb", c_int),
        ("last_mb", c_int),
        ("size", c_int),
        ("payload", POINTER(c_uint8)),
        ("padding", c_int),
    ]


class X264:
    """One stream of pictures of one size: I420, BT.601, full range.

    Not for use by two threads at once.
    """

    def __init__(
        self, width: int, height: int, video: VideoFormat = PLAIN, *, swift: bool = False
    ) -> None:
        """Sides in pixels, both even. Raises VideoError where libx264 cannot be used.

        `swift` makes pictures that take a third less time to encode and to decode, for up to half
        more bytes.
        """
        self._library, build = _library()
        parameters = _parameters(self._library, video.profile)
        if video.slices:
            _set(self._library, parameters, "threads", str(THREADS))
            _set(self._library, parameters, "sliced-threads", "1")
        if swift:
            _set(self._library, parameters, "cabac", "0")
        else:
            _set(self._library, parameters, "trellis", "1")
        parameters.width, parameters.height, parameters.csp = width, height, _CSP_I420
        parameters.analyse.mb_info = 1
        open_encoder = self._library[f"x264_encoder_open_{build}"]
        open_encoder.restype = c_void_p
        self._encoder = c_void_p(open_encoder(byref(parameters)))
        if not self._encoder:
            raise VideoError(f"libx264 makes no stream of {width}x{height}")
        self._planes = I420(width, height)
        self._picture = _Picture()
        self._library.x264_picture_init(byref(self._picture))
        image = self._picture.image
        image.csp, image.planes = _CSP_I420, 3
        for n, plane in enumerate(self._planes.planes):
            image.stride[n], image.plane[n] = plane.strides[0], plane.ctypes.data
        self._constant = np.zeros(macroblocks(width, height), np.uint8)
        self._key = True

    def encode(
        self, pixels: Pixels, quantiser: int, *, key: bool = False, constant: Constant | None = None
    ) -> bytes:
        """The next picture as Annex B: parameter sets where it is an IDR picture, and slices.

        `quantiser` is that of H.264 for P pictures, 0 to 51. `constant` tells, a macroblock each,
        what is the same as in the picture before. Raises VideoError.
        """
        if not self._encoder:
            raise VideoError("the stream is closed")
        picture, received = self._picture, _Picture()
        key = key or self._key
        size = Size(self._planes.width, self._planes.height)
        changed = Rectangle.of(size) if key or constant is None else bounds(~constant, size)
        if changed is not None:
            to_i420(pixels, self._planes, changed)
        picture.type = _TYPE_IDR if key else _TYPE_AUTO
        picture.qp_plus_1 = quantiser + 1
        picture.properties.mb_info = None
        if constant is not None and not key:
            np.multiply(constant, _MB_CONSTANT, out=self._constant, casting="unsafe")
            picture.properties.mb_info = self._constant.ctypes.data
        picture.pts += 1
        nals, count = POINTER(_Nal)(), c_int()
        length = self._library.x264_encoder_encode(
            self._encoder, byref(nals), byref(count), byref(picture), byref(received)
        )
        if length <= 0:
            raise VideoError(f"libx264 made no picture ({length})")
        self._key = False
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


@cache
def _library() -> tuple[Any, int]:
    """Libx264 and the number of its interface, once its structures are as they are known here."""
    for build in BUILDS:
        try:
            library = ctypes.CDLL(f"libx264.so.{build}")
        except OSError:
            continue
        library.x264_encoder_close.argtypes = [c_void_p]
        library.x264_encoder_close.restype = None
        library.x264_encoder_encode.argtypes = [c_void_p] + 4 * [c_void_p]
        _check_layout(library, build)
        return library, build
    raise VideoError("libx264 is not installed: apt-get install libx264-164")


def _parameters(library: Any, profile: Profile) -> _Param:
    """Parameters for pictures that are shown at once and cannot be late."""
    parameters = _Param()
    if library.x264_param_default_preset(byref(parameters), PRESET, b"zerolatency"):
        raise VideoError(f"libx264 has no preset {PRESET.decode()}")
    for name, value in (
        # What costs little and saves a third of the bytes of the preset's pictures; what is not of
        # the profile is left out below.
        ("cabac", "1"),
        ("8x8dct", "1"),
        ("deblock", "0:0"),
        # Of the colours of a fluorescence image as much is to be seen as of its brightness.
        ("chroma-qp-offset", "-3"),
        # Of whole pictures more than one thread would keep some back.
        ("threads", "1"),
        ("sliced-threads", "0"),
        ("keyint", "infinite"),
        ("scenecut", "0"),
        ("mbtree", "0"),
        # Each picture is told its quantiser, between those that I and B pictures would have.
        ("qp", "25"),
        ("ipratio", "20.0"),
        ("pbratio", "20.0"),
        ("repeat-headers", "1"),
        ("annexb", "1"),
        ("aud", "0"),
        ("fullrange", "on"),
        ("colorprim", "bt709"),
        ("transfer", "iec61966-2-1"),
        ("colormatrix", "smpte170m"),
        ("log", "0"),
    ):
        _set(library, parameters, name, value)
    if library.x264_param_apply_profile(byref(parameters), profile.value.encode()):
        raise VideoError(f"libx264 has no profile {profile.value}")
    return parameters


def _set(library: Any, parameters: _Param, name: str, value: str) -> None:
    if library.x264_param_parse(byref(parameters), name.encode(), value.encode()):
        raise VideoError(f"libx264 refuses {name}={value}")


def _check_layout(library: Any, build: int) -> None:
    """Make sure that fields which libx264 sets by name are where they are looked for."""
    parameters = _Param()
    library.x264_param_default(byref(parameters))
    for name, value in (
        ("threads", "7"),
        ("sync-lookahead", "11"),
        ("level", "31"),
        ("keyint", "4321"),
        ("nr", "77"),
        ("psy", "0"),
        ("deadzone-inter", "19"),
    ):
        _set(library, parameters, name, value)
    found = (
        parameters.threads,
        parameters.sync_lookahead,
        parameters.level,
        parameters.keyint_max,
        parameters.analyse.noise_reduction,
        parameters.analyse.psy,
        parameters.analyse.luma_deadzone[0],
    )
    picture = _Picture()
    allocated = library.x264_picture_alloc(byref(picture), _CSP_I420, 64, 32)
    image = picture.image
    shape = (allocated, image.csp, image.planes, *image.stride[:3])
    if allocated == 0:
        library.x264_picture_clean(byref(picture))
    if found != (7, 11, 31, 4321, 77, 0, 19) or shape != (0, _CSP_I420, 3, 64, 32, 32):
        raise VideoError(f"libx264 build {build} is laid out in another way than expected")

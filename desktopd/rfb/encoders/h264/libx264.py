"""The C interface of libx264 (x264.h): its structures, and the library once these are seen to fit.

FFmpeg's bindings for Python cannot change the quantiser of an open encoder from frame to frame, nor
tell it which macroblocks have not changed; libx264 itself can.
"""

from __future__ import annotations

import ctypes
from ctypes import POINTER, Structure, byref, c_char_p, c_int, c_int64, c_uint8, c_uint32, c_void_p
from functools import cache
from typing import Any

from desktopd.rfb.encoders.encoder import VideoError

# Builds of the interface that have the fields below at the same place.
BUILDS = (165, 164, 163)
CSP_I420 = 2
TYPE_AUTO, TYPE_IDR = 0, 1


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


class Parameters(Structure):
    """x264_param_t, up to the last field that is set here."""

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


class Picture(Structure):
    """x264_picture_t."""

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


class Nal(Structure):
    """x264_nal_t: one NAL unit."""

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


@cache
def load() -> tuple[Any, Any]:
    """The library, and its function that opens an encoder. Raises VideoError where none fits."""
    for build in BUILDS:
        try:
            library = ctypes.CDLL(f"libx264.so.{build}")
        except OSError:
            continue
        library.x264_encoder_close.argtypes = [c_void_p]
        library.x264_encoder_close.restype = None
        library.x264_encoder_encode.argtypes = [c_void_p] + 4 * [c_void_p]
        library.x264_encoder_reconfig.argtypes = [c_void_p, c_void_p]
        _check_layout(library, build)
        open_encoder = library[f"x264_encoder_open_{build}"]
        open_encoder.restype = c_void_p
        return library, open_encoder
    raise VideoError("libx264 is not installed: apt-get install libx264-164")


def set_parameter(library: Any, parameters: Parameters, name: str, value: str) -> None:
    """Set a parameter by the name that it has on x264's command line. Raises VideoError."""
    if library.x264_param_parse(byref(parameters), name.encode(), value.encode()):
        raise VideoError(f"libx264 refuses {name}={value}")


def _check_layout(library: Any, build: int) -> None:
    """Raise VideoError where the structures here are not those of the library."""
    if not (_parameters_fit(library) and _picture_fits(library)):
        raise VideoError(f"libx264 build {build} is laid out in another way than expected")


def _parameters_fit(library: Any) -> bool:
    """Whether what libx264 sets by name is found where the structures have it."""
    parameters = Parameters()
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
        set_parameter(library, parameters, name, value)
    analyse = parameters.analyse
    return (
        *(parameters.threads, parameters.sync_lookahead, parameters.level, parameters.keyint_max),
        *(analyse.noise_reduction, analyse.psy, analyse.luma_deadzone[0]),
    ) == (7, 11, 31, 4321, 77, 0, 19)


def _picture_fits(library: Any) -> bool:
    picture = Picture()
    if library.x264_picture_alloc(byref(picture), CSP_I420, 64, 32):
        return False
    image = picture.image
    shape = (image.csp, image.planes, *image.stride[:3])
    library.x264_picture_clean(byref(picture))
    return shape == (CSP_I420, 3, 64, 32, 32)

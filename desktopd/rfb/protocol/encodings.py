"""Encodings of rectangles, and the one that a server will choose for a viewer."""

from __future__ import annotations

from enum import IntEnum


class Encoding(IntEnum):
    """Numbers from RFC 6143 section 7.7 and the rfbproto registry."""

    RAW = 0
    COPYRECT = 1
    RRE = 2
    CORRE = 4
    HEXTILE = 5
    ZLIB = 6
    TIGHT = 7
    ZRLE = 16
    ZYWRLE = 17
    JPEG = 21
    H264 = 50
    JPEG_QUALITY_9 = -23
    JPEG_QUALITY_0 = -32
    DESKTOP_SIZE = -223
    LAST_RECT = -224
    CURSOR = -239
    COMPRESSION_LEVEL_9 = -247
    COMPRESSION_LEVEL_0 = -256
    QEMU_EXTENDED_KEY_EVENT = -258
    TIGHTPNG = -260
    QEMU_LED_STATE = -261
    DESKTOP_NAME = -307
    EXTENDED_DESKTOP_SIZE = -308
    XVP = -309
    FENCE = -312
    CONTINUOUS_UPDATES = -313
    CURSOR_WITH_ALPHA = -314
    EXTENDED_MOUSE_BUTTONS = -316
    JPEG_FINE_QUALITY_100 = -412
    JPEG_FINE_QUALITY_0 = -512
    JPEG_SUBSAMPLING_GRAY = -765
    JPEG_SUBSAMPLING_2X = -766
    JPEG_SUBSAMPLING_4X = -767
    JPEG_SUBSAMPLING_1X = -768
    # Ours alone: of H.264 the viewer decodes the baseline profile only ("dd42", its number).
    BASELINE_ONLY = 0x64643432
    # Ours alone: the viewer decodes pictures of H.264 that are made of several slices ("ddsc").
    SLICES = 0x64647363
    # Ours alone: the viewer enlarges pictures of H.264 of half their rectangle's size ("ddhs").
    HALVED = 0x64646873
    # Ours alone: the viewer takes luma and chroma of H.264 for limited ("ddlr").
    LIMITED_RANGE = 0x64646C72
    # Ours alone: the length of a WebP file without loss in four bytes, and that file ("ddwp").
    WEBP = 0x64647770
    VMWARE_CURSOR = 0x574D5664
    VMWARE_LED_STATE = 0x574D5668
    EXTENDED_CLIPBOARD = 0xC0A1E5CE - (1 << 32)

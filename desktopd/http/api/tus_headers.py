"""The headers of the tus protocol 1.0.0 (tus.io): text in, values out.

Tested by tests/unit/http/api/test_uploads.py.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping

from desktopd.files.uploads import CHECKSUMS, Checksum
from desktopd.http.problems import Problem

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,checksum,termination,expiration"
CHUNK = "application/offset+octet-stream"
"""The media type of a body that is part of a file."""


METADATA_REMEDY = "send Upload-Metadata: path cGxhdGVzL2NlbGxzLnRpZg=="


def check_version(headers: Mapping[str, str]) -> None:
    """Raise Problem 412 for a client that speaks another version."""
    if headers.get("tus-resumable") != VERSION:
        raise Problem(
            412,
            "another version of tus",
            f"send Tus-Resumable: {VERSION}",
            {"Tus-Version": VERSION},
        )


def number(headers: Mapping[str, str], name: str) -> int:
    """A number of bytes; raises Problem 400."""
    text = headers.get(name, "")
    if not re.fullmatch(r"[0-9]{1,18}", text):
        raise Problem(400, f"{name}: {text!r} is no number of bytes", f"send {name}: 1234")
    return int(text)


def metadata(headers: Mapping[str, str]) -> dict[str, str]:
    """Upload-Metadata: pairs of a key and a text in Base64; raises Problem 400."""
    pairs = {}
    for pair in filter(None, headers.get("upload-metadata", "").split(",")):
        key, _, value = pair.strip().partition(" ")
        try:
            pairs[key] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, ValueError):
            raise Problem(
                400,
                f"Upload-Metadata: {key!r} has no UTF-8 in Base64",
                "send: path cGxhdGVzL2EudGlm",
            ) from None
    return pairs


def checksum(headers: Mapping[str, str]) -> Checksum | None:
    """Upload-Checksum: an algorithm and a digest in Base64; raises Problem 400."""
    text = headers.get("upload-checksum")
    if text is None:
        return None
    algorithm, _, value = text.partition(" ")
    if algorithm not in CHECKSUMS:
        raise Problem(
            400, f"Upload-Checksum: {algorithm!r} is not known", f"use {' or '.join(CHECKSUMS)}"
        )
    try:
        return Checksum(algorithm, base64.b64decode(value, validate=True))
    except (binascii.Error, ValueError):
        raise Problem(
            400, "Upload-Checksum: not in Base64", f"send {algorithm} and Base64"
        ) from None

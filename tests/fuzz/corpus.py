"""Inputs that have once done harm, a file each: every run begins with them."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

CORPUS = Path(__file__).with_name("corpus")


def kept(target: str) -> list[bytes]:
    """The inputs of a target."""
    return [path.read_bytes() for path in sorted((CORPUS / target).glob("*.bin"))]


def keep(target: str, data: bytes) -> Path:
    """Add an input; returns its file."""
    folder = CORPUS / target
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{sha256(data).hexdigest()[:16]}.bin"
    path.write_bytes(data)
    return path

"""Lists of files and links as programs exchange them: ``text/uri-list`` (RFC 2483 section 5)."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import unquote_to_bytes, urlsplit

MOST = 1000
"""Files and links in a list that is taken: what is done with each, for each client, takes time."""


def encode(uris: Iterable[str]) -> bytes:
    """One URI a line, each line ended by CR LF."""
    return "".join(f"{uri}\r\n" for uri in uris).encode()


def decode(data: bytes) -> tuple[str, ...]:
    """The URIs, without comments; a line may end as its writer likes.

    Raises ValueError for more than MOST.
    """
    lines = data.decode(errors="replace").replace("\0", "\n").splitlines()
    uris = tuple(line.strip() for line in lines if line.strip() and not line.startswith("#"))
    if len(uris) > MOST:
        raise ValueError(f"{len(uris)} files and links: at most {MOST} fit")
    return uris


def path_of(uri: str) -> Path | None:
    """The absolute path of a ``file:`` URI (RFC 8089), None for any other and for other hosts."""
    try:
        parts = urlsplit(uri)
    except ValueError:
        return None
    if parts.scheme != "file" or parts.netloc not in ("", "localhost", socket.gethostname()):
        return None
    # A '?' or '#' that was not quoted belongs to the name: file: has neither query nor fragment.
    quoted = uri.partition(":")[2].removeprefix(f"//{parts.netloc}")
    path = Path(os.fsdecode(unquote_to_bytes(quoted)))
    return path if path.is_absolute() and "\0" not in str(path) else None

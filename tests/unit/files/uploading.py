"""Steps of an upload, as requests would make them."""

from __future__ import annotations

import random

from desktopd.files.changes import IfExists
from desktopd.files.uploads import Checksum, Upload, Uploads
from tests.unit.files.trees import at

BYTES = random.Random(1).randbytes(100_000)


def create(uploads: Uploads, path: str, length: int = len(BYTES), **options: IfExists) -> Upload:
    return uploads.create(at(path), length, options.get("if_exists", IfExists.FAIL), "meta data")


def append(
    uploads: Uploads, upload: Upload, data: bytes, checksum: Checksum | None = None
) -> Upload:
    """Append `data` to what is there, as one request would; the upload as it is recorded then."""
    piece = uploads.append(upload, uploads.offset(upload), checksum)
    try:
        for start in range(0, len(data), 1000):
            piece.write(data[start : start + 1000])
        piece.verify()
    finally:
        piece.close()
    return uploads.find(upload.id)


def whole(uploads: Uploads, upload: Upload, content: bytes = BYTES) -> Upload:
    return uploads.place(append(uploads, upload, content))

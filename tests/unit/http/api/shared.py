"""A folder of files behind the application, as the tests of files and uploads use it."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from starlette.applications import Starlette

from desktopd.files.limits import UploadLimits
from desktopd.files.sharing import Rules, SharedFiles
from tests.unit.http.desktop import BEARER, client, make_app

VERSION = {"Tus-Resumable": "1.0.0"}
CHUNK = {**VERSION, "Content-Type": "application/offset+octet-stream"}


class Shared:
    """The folder at `path`, with the application in front of it."""

    def __init__(self, path: Path, rules: Rules | None = None, **limits: int) -> None:
        self.path = path
        self.records = path.with_name(f"{path.name}-records")
        self.files = SharedFiles(path, rules or Rules(), UploadLimits(**limits), self.records)
        self.app: Starlette = make_app(files=self.files)

    def client(self, headers: dict[str, str] | None = None) -> httpx.AsyncClient:
        """A client with control, unless `headers` say otherwise."""
        return client(self.app, headers=BEARER if headers is None else headers)

    def write(self, name: str, content: bytes = b"here") -> Path:
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def names(self) -> list[str]:
        """All that is there but staging."""
        paths = (p.relative_to(self.path).as_posix() for p in self.path.rglob("*"))
        return sorted(p for p in paths if not p.startswith(".desktopd"))

    def staged(self) -> list[str]:
        """The files in staging, and the records of uploads."""
        both = (*self.path.glob(".desktopd*/*"), *self.records.glob("*"))
        return sorted(p.name for p in both)

    @contextmanager
    def changes(self) -> Iterator[list[str]]:
        """The folders that were said to have changed."""
        told: list[str] = []
        end = self.files.changes.add(told.append)
        yield told
        end()


def metadata(**pairs: str) -> str:
    """The header Upload-Metadata."""
    return ",".join(f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in pairs.items())


def creation(path: str, length: int, **more: Any) -> dict[str, str]:
    """The headers that create an upload."""
    return {
        **VERSION,
        "Upload-Length": str(length),
        "Upload-Metadata": metadata(path=path, **more),
    }


async def create(script: httpx.AsyncClient, path: str, length: int, **more: str) -> str:
    """Create an upload; its address."""
    answer = await script.post("/api/uploads", headers=creation(path, length, **more))
    assert answer.status_code == 201, answer.text
    return f"/api/{answer.headers['location']}"


def chunk(offset: int, **more: str) -> dict[str, str]:
    """The headers of a part that begins at `offset`."""
    return {**CHUNK, "Upload-Offset": str(offset), **more}


def checksum(data: bytes, algorithm: str = "sha256") -> str:
    """The header Upload-Checksum."""
    return f"{algorithm} {base64.b64encode(hashlib.new(algorithm, data).digest()).decode()}"


async def offset(script: httpx.AsyncClient, upload: str) -> int:
    """How far an upload has come, as the server says."""
    answer = await script.head(upload, headers=VERSION)
    assert answer.status_code == 200
    return int(answer.headers["upload-offset"])


def request(method: str, path: str, *headers: str) -> bytes:
    """The head of a request with control for what stands behind ``/api/files/``."""
    lines = [f"{method} /api/files/{path} HTTP/1.1", "Host: x", *headers]
    lines += [f"{name}: {value}" for name, value in BEARER.items()]
    return "\r\n".join([*lines, "", ""]).encode()

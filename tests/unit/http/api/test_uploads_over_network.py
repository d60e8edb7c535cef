"""/api/uploads over real connections, which are lost, slow and doubled."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from desktopd.http.api import incoming
from desktopd.http.serving.server import HttpServer
from tests.unit.accounts import accounts
from tests.unit.http.api.shared import VERSION, Shared, checksum, chunk, create, offset
from tests.unit.http.desktop import BEARER, opened, serving

BYTES = random.Random(2).randbytes(300_000)


@pytest.fixture
def shared(tmp_path: Path) -> Shared:
    return Shared(tmp_path)


@asynccontextmanager
async def over_network(shared: Shared) -> AsyncIterator[tuple[HttpServer, httpx.AsyncClient]]:
    """A real server, and a client of it."""
    async with (
        serving(shared.app) as server,
        httpx.AsyncClient(base_url=server.addresses[0], headers=BEARER) as script,
    ):
        yield server, script


async def begin(
    server: HttpServer, method: str, path: str, headers: dict[str, str], data: bytes
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection on which a request has begun, whose body has more than `data`."""
    reader, writer = await opened(server)
    told = {**BEARER, **headers, "Host": "x"}
    lines = [f"{method} {path} HTTP/1.1", *(f"{k}: {v}" for k, v in told.items())]
    writer.write("\r\n".join([*lines, "", ""]).encode() + data)
    await writer.drain()
    return reader, writer


def piece(start: int, **more: str) -> dict[str, str]:
    """The headers of all that lacks from `start` on."""
    return {**chunk(start, **more), "Content-Length": str(len(BYTES) - start)}


async def written(shared: Shared, size: int) -> None:
    """Wait until so much is in staging, without a request, which would end the one before."""
    async with asyncio.timeout(10):
        while max((p.stat().st_size for p in shared.path.glob(".desktopd*/*")), default=0) < size:
            await asyncio.sleep(0.01)


@pytest.fixture
def unbuffered(monkeypatch: pytest.MonkeyPatch) -> None:
    """What comes is written at once, so that `written` can wait for it."""
    monkeypatch.setattr(incoming, "PIECE", 1)


@pytest.mark.usefixtures("unbuffered")
async def test_cut_off_at_random_offsets(shared: Shared) -> None:
    cuts = random.Random(3)
    async with over_network(shared) as (server, script):
        upload = await create(script, "a", len(BYTES))
        rounds = 0
        while (start := await offset(script, upload)) + 60_000 < len(BYTES):
            rounds += 1
            data = BYTES[start : start + cuts.randint(1, 60_000)]
            _, writer = await begin(server, "PATCH", upload, piece(start), data)
            # Each third time what is on its way is lost too.
            if rounds % 3:
                await written(shared, start + len(data))
            writer.transport.abort()
        await script.patch(upload, headers=chunk(start), content=BYTES[start:])
    assert rounds > 5
    assert (shared.path / "a").read_bytes() == BYTES


@pytest.mark.usefixtures("unbuffered")
async def test_a_piece_with_a_checksum_counts_as_a_whole(shared: Shared) -> None:
    async with over_network(shared) as (server, script):
        upload = await create(script, "a", len(BYTES))
        told = piece(0, **{"Upload-Checksum": checksum(BYTES)})
        _, writer = await begin(server, "PATCH", upload, told, BYTES[:12345])
        await written(shared, 12345)
        writer.close()
        assert await offset(script, upload) == 0
        await script.patch(upload, headers=chunk(0), content=BYTES)
    assert (shared.path / "a").read_bytes() == BYTES


@pytest.mark.usefixtures("unbuffered")
async def test_a_new_request_takes_over_from_one_that_hangs(shared: Shared) -> None:
    async with over_network(shared) as (server, script):
        upload = await create(script, "a", len(BYTES))
        reader, writer = await begin(server, "PATCH", upload, piece(0), BYTES[:5000])
        await written(shared, 5000)
        assert await offset(script, upload) == 5000
        assert (await reader.readuntil(b"}")).startswith(b"HTTP/1.1 423 ")
        writer.close()
        await script.patch(upload, headers=chunk(5000), content=BYTES[5000:])
    assert (shared.path / "a").read_bytes() == BYTES


@pytest.mark.usefixtures("unbuffered")
async def test_an_upload_that_is_terminated_while_it_runs(shared: Shared) -> None:
    async with over_network(shared) as (server, script):
        upload = await create(script, "a", len(BYTES))
        _, writer = await begin(server, "PATCH", upload, piece(0), BYTES[:5000])
        await written(shared, 5000)
        assert (await script.delete(upload, headers=VERSION)).status_code == 204
        assert (await script.head(upload, headers=VERSION)).status_code == 404
        writer.close()
    assert list(shared.path.iterdir()) == []


async def test_a_connection_that_falls_silent(
    shared: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(incoming, "PATIENCE", 0.1)
    async with over_network(shared) as (server, script):
        upload = await create(script, "a", len(BYTES))
        reader, writer = await begin(server, "PATCH", upload, piece(0), BYTES[:5000])
        async with asyncio.timeout(10):
            answer = await reader.readuntil(b"}")
        assert answer.startswith(b"HTTP/1.1 408 ")
        assert await offset(script, upload) == 5000
        writer.close()


@pytest.mark.usefixtures("unbuffered")
async def test_a_server_that_stops_keeps_what_it_has(shared: Shared) -> None:
    async with over_network(shared) as (server, script):
        upload = await create(script, "a", len(BYTES))
        _, writer = await begin(server, "PATCH", upload, piece(0), BYTES[:5000])
        await written(shared, 5000)
    writer.close()
    async with over_network(shared) as (server, script):
        assert await offset(script, upload) == 5000
        await script.patch(upload, headers=chunk(5000), content=BYTES[5000:])
    assert (shared.path / "a").read_bytes() == BYTES


@pytest.mark.usefixtures("unbuffered")
async def test_bytes_that_come_are_told_also_where_the_last_never_does(
    shared: Shared, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "desktopd.audit")
    async with over_network(shared) as (server, script):
        upload = await create(script, "a", len(BYTES))
        await script.patch(upload, headers=chunk(0), content=BYTES[:1000])
        _, writer = await begin(server, "PATCH", upload, piece(1000), BYTES[1000:5000])
        await written(shared, 5000)
        writer.transport.abort()
        assert await offset(script, upload) == 5000
        await script.patch(upload, headers=chunk(5000), content=BYTES[5000:])
        await script.delete(await create(script, "b", 9), headers=VERSION)
    facts = [
        (line["action"], line["path"], line.get("length"), line.get("size"))
        for line in accounts(caplog, "file")
    ]
    assert facts == [
        ("begins to upload", "a", len(BYTES), None),
        ("uploads part of", "a", None, 1000),
        ("uploads part of", "a", None, 4000),
        ("uploads", "a", None, len(BYTES)),
        ("begins to upload", "b", 9, None),
        ("gives up the upload of", "b", None, None),
    ]


@pytest.mark.usefixtures("unbuffered")
async def test_what_a_put_brings_is_told_before_it_is_whole(
    shared: Shared, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "desktopd.audit")
    async with over_network(shared) as (server, script):
        _, writer = await begin(server, "PUT", "/api/files/a", {"Content-Length": "9"}, b"12345")
        await written(shared, 5)
        (begun,) = accounts(caplog, "file")
        assert (begun["action"], begun["path"], begun["length"]) == ("begins to upload", "a", 9)
        writer.transport.abort()
        async with asyncio.timeout(10):
            while shared.staged():
                await asyncio.sleep(0.01)
        await script.put("/api/files/b", content=b"123")
    assert [(line["action"], line.get("size")) for line in accounts(caplog, "file")[1:]] == [
        ("uploads part of", 5),
        ("begins to upload", None),
        ("uploads", 3),
    ]

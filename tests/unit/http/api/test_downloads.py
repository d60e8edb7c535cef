"""Downloads by /api/files: headers, ranges, zips, and connections that end in the middle."""

from __future__ import annotations

import asyncio
import io
import os
import threading
from collections.abc import Generator
from pathlib import Path
from zipfile import ZipFile

import pytest

from desktopd.files.archive import zip_folder
from desktopd.files.paths import FilePath
from desktopd.files.root import Root
from desktopd.files.sharing import Rules
from desktopd.files.threads import THREADS
from desktopd.http.api.outgoing import _range
from tests.unit.http.api.shared import Shared, request
from tests.unit.http.desktop import VIEW_BEARER, opened, serving

BYTES = bytes(range(256)) * 4


@pytest.fixture
def shared(tmp_path: Path) -> Shared:
    return Shared(tmp_path)


class TestDownload:
    async def test_headers(self, shared: Shared) -> None:
        os.utime(shared.write('grün "1".html', b"<script>"), (0, 1_700_000_000))
        async with shared.client() as script:
            got = await script.get("/api/files/gr%C3%BCn%20%221%22.html")
            head = await script.head("/api/files/gr%C3%BCn%20%221%22.html")
        assert got.content == b"<script>"
        assert head.content == b""
        assert head.headers == got.headers
        headers = got.headers
        assert headers["content-type"] == "application/octet-stream"
        assert headers["content-disposition"] == (
            "attachment; filename=\"gr_n _1_.html\"; filename*=UTF-8''gr%C3%BCn%20%221%22.html"
        )
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["content-security-policy"].startswith("sandbox; default-src 'none'")
        assert headers["last-modified"] == "Tue, 14 Nov 2023 22:13:20 GMT"
        assert headers["accept-ranges"] == "bytes"
        assert headers["cache-control"] == "no-store"

    @pytest.mark.parametrize(
        ("asked", "start", "end"),
        [
            ("bytes=0-9", 0, 10),
            ("bytes=1000-", 1000, 1024),
            ("bytes=-24", 1000, 1024),
            ("bytes=-5000", 0, 1024),
            ("bytes=1000-5000", 1000, 1024),
            ("bytes=1023-1023", 1023, 1024),
            ("BYTES = 5 - 6", 5, 7),
            ("bytes=0-1023", 0, 1024),
        ],
    )
    async def test_a_range(self, shared: Shared, asked: str, start: int, end: int) -> None:
        shared.write("a", BYTES)
        async with shared.client() as script:
            answer = await script.get("/api/files/a", headers={"Range": asked})
        assert answer.status_code == 206
        assert answer.content == BYTES[start:end]
        assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/1024"
        assert answer.headers["content-length"] == str(end - start)

    @pytest.mark.parametrize(
        "asked",
        [
            *(
                "",
                "bytes",
                "bytes=",
                "bytes=-",
                "bytes=a-b",
                "bytes=9-5",
                "items=0-1",
                "bytes=1-2,5-6",
            ),
            *("bytes=0x1-5", "bytes=1_0-20", "bytes=--5", "bytes=٣-٤", "bytes=" + "9" * 30 + "-"),
        ],
    )
    async def test_a_range_that_is_not_understood_is_ignored(
        self, shared: Shared, asked: str
    ) -> None:
        shared.write("a", BYTES)
        async with shared.client() as script:
            answer = await script.get("/api/files/a", headers={"Range": asked.encode()})
        assert (answer.status_code, answer.content) == (200, BYTES)

    @pytest.mark.parametrize("asked", ["bytes={}x", "{}x", "bytes{}x", "bytes=1-{}x", "bytes=1{}x"])
    def test_a_long_range_takes_no_longer_than_its_length(self, asked: str) -> None:
        """Not by its square: 16 KB of a watcher's had everybody wait for a third of a second."""
        assert _range(asked.format(" " * 5_000_000), 1024) is None

    @pytest.mark.parametrize("asked", ["bytes=1024-", "bytes=5000-6000", "bytes=-0"])
    async def test_a_range_outside_of_the_file(self, shared: Shared, asked: str) -> None:
        shared.write("a", BYTES)
        before = len(list(Path("/proc/self/fd").iterdir()))
        async with shared.client() as script:
            answer = await script.get("/api/files/a", headers={"Range": asked})
        assert answer.status_code == 416
        assert answer.headers["content-range"] == "bytes */1024"
        assert answer.json()["error"].startswith("the file has 1024 bytes")
        assert len(list(Path("/proc/self/fd").iterdir())) == before

    async def test_a_range_of_the_file_that_it_was(self, shared: Shared) -> None:
        path = shared.write("a", BYTES)
        async with shared.client() as script:
            first = (await script.get("/api/files/a")).headers
            for known in (first["etag"], first["last-modified"]):
                headers = {"Range": "bytes=0-1", "If-Range": known}
                assert (await script.get("/api/files/a", headers=headers)).status_code == 206
            path.write_bytes(BYTES[::-1])
            os.utime(path, (0, 0))
            for known in (first["etag"], first["last-modified"], f"W/{first['etag']}", "x"):
                headers = {"Range": "bytes=0-1", "If-Range": known}
                answer = await script.get("/api/files/a", headers=headers)
                assert (answer.status_code, answer.content) == (200, BYTES[::-1])

    async def test_an_empty_file(self, shared: Shared) -> None:
        shared.write("empty", b"")
        async with shared.client() as script:
            answer = await script.get("/api/files/empty")
            ranged = await script.get("/api/files/empty", headers={"Range": "bytes=0-"})
        assert (answer.status_code, answer.content) == (200, b"")
        assert answer.headers["content-length"] == "0"
        assert ranged.status_code == 416

    async def test_a_file_that_is_cut_while_it_is_sent(
        self, shared: Shared, caplog: pytest.LogCaptureFixture
    ) -> None:
        path = shared.write("a", bytes(64 * 1024 * 1024))
        async with serving(shared.app) as server:
            reader, writer = await opened(server)
            writer.write(request("GET", "a"))
            await reader.readuntil(b"\r\n\r\n")
            os.truncate(path, 1000)
            got = 0
            while data := await reader.read(1_000_000):
                got += len(data)
            writer.close()
        assert got < 64 * 1024 * 1024
        assert "was changed while it was read" in caplog.text

    async def test_nothing_stays_open_when_a_client_leaves(self, shared: Shared) -> None:
        shared.write("a", bytes(64 * 1024 * 1024))
        async with serving(shared.app) as server:
            before = len(list(Path("/proc/self/fd").iterdir()))
            for address in ("a", "?zip"):
                reader, writer = await opened(server)
                writer.write(request("GET", address))
                await reader.read(1000)
                writer.transport.abort()
            async with asyncio.timeout(10):
                while len(list(Path("/proc/self/fd").iterdir())) > before:
                    await asyncio.sleep(0.01)


class TestZip:
    async def test_a_folder(self, shared: Shared) -> None:
        shared.write("grün/a", b"1")
        async with shared.client() as script:
            answer = await script.get("/api/files/gr%C3%BCn?zip")
            head = await script.head("/api/files/gr%C3%BCn?zip")
        assert answer.headers["content-type"] == "application/zip"
        assert "filename*=UTF-8''gr%C3%BCn.zip" in answer.headers["content-disposition"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        archive = ZipFile(io.BytesIO(answer.content))
        assert {n: archive.read(n) for n in archive.namelist()} == {"grün/a": b"1"}
        assert (head.status_code, head.content) == (200, b"")

    async def test_everything(self, shared: Shared) -> None:
        shared.write("a")
        async with shared.client() as script:
            answer = await script.get("/api/files/?zip")
        assert f"{shared.path.name}.zip" in answer.headers["content-disposition"]
        assert ZipFile(io.BytesIO(answer.content)).namelist() == ["a"]


async def test_nobody_with_control_waits_for_what_watchers_load(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """32 zips of large empty files had a listing take 17 seconds."""
    shared = Shared(tmp_path, Rules(for_viewers=True))
    shared.write("plates/a")
    goes_on = threading.Event()

    def stuck(root: Root, path: FilePath) -> Generator[bytes, None, None]:
        goes_on.wait(60)
        return zip_folder(root, path)

    monkeypatch.setattr("desktopd.http.api.files.zip_folder", stuck)
    async with shared.client(VIEW_BEARER) as watcher, shared.client() as owner:
        zips = [
            asyncio.create_task(watcher.get("/api/files/plates?zip")) for _ in range(THREADS + 2)
        ]
        try:
            async with asyncio.timeout(30):
                assert (await owner.get("/api/files/plates/")).status_code == 200
                assert (await owner.get("/api/files/plates/a")).content == b"here"
        finally:
            goes_on.set()
            await asyncio.gather(*zips)

"""/api/files: what each request does. Who may is in test_file_access.py."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from desktopd.files.lasting import is_lasting
from desktopd.http.api import incoming
from desktopd.http.api.packed_json import AT_ONCE, PIECE, PackedJson
from tests.unit.http.api.shared import Shared, request
from tests.unit.http.desktop import BEARER, exchange, opened, serving

BYTES = bytes(range(256)) * 4


@pytest.fixture
def shared(tmp_path: Path) -> Shared:
    return Shared(tmp_path)


async def test_a_folder_is_json(shared: Shared) -> None:
    os.utime(shared.write("a b#.tif", BYTES), (0, 1_700_000_000))
    shared.write("plates/x")
    (shared.path / "link").symlink_to("/etc")
    async with shared.client() as script:
        answer = await script.get("/api/files/")
    assert answer.headers["content-type"] == "application/json"
    listing = answer.json()
    plates = listing["entries"].pop()
    link = listing["entries"].pop()
    assert (link["name"], link["kind"], link["size"]) == ("link", "link", None)
    assert (plates["href"], plates["kind"], plates["size"]) == ("plates/", "folder", None)
    space = listing.pop("space")
    assert 0 < space["free"] < space["total"]
    assert listing == {
        "path": "",
        "root": str(shared.path),
        "entries": [
            {
                "name": "a b#.tif",
                "href": "a%20b%23.tif",
                "kind": "file",
                "size": 1024,
                "modified": 1_700_000_000,
            }
        ],
        "lasting": is_lasting(shared.path),
        "limits": {"file": None, "free": 0},
        "may": {"download": True, "upload": True},
    }


@pytest.mark.parametrize("name", ["plates", "plates/"])
async def test_an_inner_folder(shared: Shared, name: str) -> None:
    shared.write("plates/ä/1")
    async with shared.client() as script:
        listing = (await script.get(f"/api/files/{name}")).json()
        assert (listing["path"], listing["entries"][0]["href"]) == ("plates", "plates/%C3%A4/")
        inner = await script.get(f"/api/files/{listing['entries'][0]['href']}")
    assert [e["name"] for e in inner.json()["entries"]] == ["1"]


async def test_every_href_leads_to_its_file(shared: Shared) -> None:
    names = [
        ".zattrs",
        "#%?&",
        "emoji 😀",
        "a;b=c",
        "trailing.",
        "gr\udcfcn",
        "a\nb",
        "%2e%2e",
        "+",
    ]
    for name in names:
        shared.write(name, name.encode(errors="surrogateescape"))
    async with shared.client() as script:
        for one in (await script.get("/api/files/")).json()["entries"]:
            answer = await script.get(f"/api/files/{one['href']}")
            assert answer.status_code == 200, one
            assert answer.content.decode(errors="surrogateescape") in names


class TestPut:
    async def test_a_file(self, shared: Shared) -> None:
        with shared.changes() as changes:
            async with shared.client() as script:
                answer = await script.put("/api/files/new/gru%CC%88n.tif", content=BYTES)
        assert answer.status_code == 201
        assert answer.json()["href"] == "new/gr%C3%BCn.tif"
        assert answer.json()["size"] == 1024
        assert (shared.path / "new/grün.tif").read_bytes() == BYTES
        assert (changes, shared.staged()) == (["new"], [])

    async def test_a_name_that_is_taken(self, shared: Shared) -> None:
        shared.write("a.tif", b"old")
        shared.write("folder/inner")

        async def status(path: str) -> int:
            async with shared.client() as script:
                return (await script.put(f"/api/files/{path}", content=BYTES)).status_code

        for path in ("a.tif", "folder", "folder?if_exists=replace", "a.tif/b"):
            assert await status(path) == 409
        assert await status("a.tif?if_exists=perhaps") == 400
        assert await status("a.tif?if_exists=rename") == 201
        assert (shared.path / "a.tif").read_bytes() == b"old"
        assert (shared.path / "a (2).tif").read_bytes() == BYTES
        assert await status("a.tif?if_exists=replace") == 201
        assert (shared.path / "a.tif").read_bytes() == BYTES
        assert shared.staged() == []

    async def test_a_conflict_names_the_remedy(self, shared: Shared) -> None:
        shared.write("a.tif")
        async with shared.client() as script:
            answer = await script.put("/api/files/a.tif", content=b"")
        assert answer.json() == {
            "error": "a.tif: there is something of that name",
            "remedy": "choose another name, or say if_exists=replace or if_exists=rename",
        }

    @pytest.mark.parametrize("told", [True, False])
    async def test_the_limit(self, tmp_path: Path, told: bool) -> None:
        shared = Shared(tmp_path, largest=1000)

        async def body(size: int) -> AsyncIterator[bytes]:
            for _ in range(size):
                yield b"x"

        async with shared.client() as script:
            for size, status in ((1001, 413), (1000, 201)):
                content = bytes(size) if told else body(size)
                answer = await script.put("/api/files/a", content=content)
                assert answer.status_code == status
                assert shared.staged() == []
        assert shared.names() == ["a"]

    async def test_no_room(self, tmp_path: Path) -> None:
        disk = os.statvfs(tmp_path)
        shared = Shared(tmp_path, free=disk.f_bavail * disk.f_frsize + 10_000_000_000)
        async with shared.client() as script:
            answer = await script.put("/api/files/a", content=BYTES)
        assert answer.status_code == 507
        assert answer.json()["remedy"] == "delete something, then go on"
        assert (shared.names(), shared.staged()) == ([], [])

    @pytest.mark.parametrize("length", ["Content-Length: 5000000", "Transfer-Encoding: chunked"])
    async def test_a_connection_that_is_lost_leaves_nothing(
        self, shared: Shared, length: str
    ) -> None:
        async with serving(shared.app) as server:
            _, writer = await opened(server)
            writer.write(request("PUT", "a", length))
            writer.write(b"200000\r\n" if "chunked" in length else b"")
            writer.write(bytes(2 * 1024 * 1024))
            async with asyncio.timeout(10):
                while not shared.staged():
                    await asyncio.sleep(0.01)
                writer.transport.abort()
                while shared.staged():
                    await asyncio.sleep(0.01)
        assert shared.names() == []

    async def test_a_connection_that_falls_silent_leaves_nothing(
        self, shared: Shared, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(incoming, "PATIENCE", 0.1)
        async with serving(shared.app) as server:
            head = b"PUT /api/files/a HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\nAuthorization: "
            answer = await exchange(
                server, head + BEARER["Authorization"].encode() + b"\r\n\r\nabc"
            )
        assert answer.startswith(b"HTTP/1.1 408 ")
        assert (shared.names(), shared.staged()) == ([], [])

    @pytest.mark.parametrize(
        ("path", "headers", "error"),
        [
            ("a/", {}, "the name of a file ends in no slash"),
            ("", {}, "the name of a file ends in no slash"),
            ("a", {"Content-Range": "bytes 0-1/5"}, "a part of a file cannot be put"),
            ("a%0Ab", {}, "'a\\nb': a control character in a name"),
            ("..%5Ca", {}, "..\\a: a backslash in a name"),
            ("a%FF", {}, "'a%FF': a name that is not UTF-8"),
            ("%2e%2e/x", {}, "the part '..' of the path is no name"),
            ("a%2F..%2Fb", {}, "'a/../b': a slash or NUL in a name"),
            ("a%00", {}, "'a\\x00': a slash or NUL in a name"),
            ("a//b", {}, "an empty part of the path is no name"),
            ("x" * 256, {}, "xxxxxxxxxxxxxxxxxxxx…: a name longer than 255 bytes"),
            (".desktopd-uploads-0/x", {}, ".desktopd-uploads-0: a name that desktopd needs"),
        ],
    )
    async def test_what_cannot_be_put(
        self, shared: Shared, path: str, headers: dict[str, str], error: str
    ) -> None:
        async with serving(shared.app) as server:
            lines = [f"{name}: {value}" for name, value in headers.items()]
            asked = request("PUT", path, "Connection: close", "Content-Length: 1", *lines)
            answer = await exchange(server, asked + b"x")
        assert answer.startswith(b"HTTP/1.1 400 ")
        assert json.loads(answer.partition(b"\r\n\r\n")[2])["error"] == error
        assert shared.names() == []


class TestChanges:
    async def test_a_folder(self, shared: Shared) -> None:
        with shared.changes() as changes:
            async with shared.client() as script:
                answer = await script.post("/api/files/a/b", json={"folder": True})
                again = await script.post("/api/files/a/b", json={"folder": True})
        assert (answer.status_code, answer.json()["href"]) == (201, "a/b/")
        assert again.status_code == 409
        assert (shared.names(), changes) == (["a", "a/b"], ["a"])

    @pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"folder": false}', b'{"file": true}'])
    async def test_what_is_no_folder(self, shared: Shared, body: bytes) -> None:
        async with shared.client() as script:
            answer = await script.post("/api/files/a", content=body)
        assert answer.status_code == 400
        assert answer.json()["remedy"] == 'send {"folder": true}'
        assert shared.names() == []

    async def test_another_name(self, shared: Shared) -> None:
        shared.write("a/1", b"1")
        shared.write("2", b"2")
        with shared.changes() as changes:
            async with shared.client() as script:
                moved = await script.patch("/api/files/a/1", json={"to": "b"})
                taken = await script.patch("/api/files/b", json={"to": "2"})
                request = {"to": "2", "if_exists": "rename"}
                beside = await script.patch("/api/files/b", json=request)
        assert (moved.status_code, moved.json()["href"]) == (200, "b")
        assert taken.status_code == 409
        assert beside.json()["name"] == "2 (2)"
        assert shared.names() == ["2", "2 (2)", "a"]
        assert changes == ["a", "", "", ""]

    @pytest.mark.parametrize(
        ("body", "status"),
        [
            ({}, 400),
            ({"to": 5}, 400),
            ({"to": "b", "force": True}, 400),
            ({"to": "b", "if_exists": "perhaps"}, 400),
            ({"to": "b", "if_exists": []}, 200),
            ({"to": "/etc/passwd"}, 400),
            ({"to": "../a"}, 400),
            ({"to": "a\nb"}, 400),
            ({"to": "\ud800"}, 400),
            ({"to": ""}, 400),
            ({"to": "nowhere/a"}, 404),
        ],
    )
    async def test_what_is_no_name(
        self, shared: Shared, body: dict[str, object], status: int
    ) -> None:
        shared.write("a")
        async with shared.client() as script:
            answer = await script.patch("/api/files/a", content=json.dumps(body))
        assert answer.status_code == status
        assert shared.names() == (["b"] if status == 200 else ["a"])

    async def test_deleting(self, shared: Shared) -> None:
        shared.write("a/b/1")
        shared.write("c")
        async with shared.client() as script:
            assert (await script.delete("/api/files/c")).status_code == 204
            full = await script.delete("/api/files/a")
            assert (full.status_code, full.json()["remedy"]) == (409, "add ?recursive=true")
            with shared.changes() as changes:
                assert (await script.delete("/api/files/a/b?recursive=true")).status_code == 204
            assert (await script.delete("/api/files/a")).status_code == 204
            assert (await script.delete("/api/files/a")).status_code == 404
            assert (await script.delete("/api/files/?recursive=true")).status_code == 400
        assert (shared.names(), changes) == ([], ["a"])


def test_a_long_listing_is_kept_packed() -> None:
    """32 watchers who took none of one of 200,000 files held 1.5 GB."""
    items = [{"name": f"chunk-{number:07}", "size": number} for number in range(20_000)]
    packed = PackedJson({"path": "plates", "space": {"free": 1}}, "entries", items)
    assert len(packed._packed) < packed.size / 5
    pieces = list(packed.pieces())
    assert max(map(len, pieces)) <= PIECE
    text = b"".join(pieces)
    assert len(text) == packed.size
    assert json.loads(text) == {"path": "plates", "space": {"free": 1}, "entries": items}


@pytest.mark.parametrize("count", [0, 1, AT_ONCE, AT_ONCE + 1])
def test_a_packed_list_of_any_length(count: int) -> None:
    packed = PackedJson({"a": 1}, "list", range(count))
    assert json.loads(b"".join(packed.pieces())) == {"a": 1, "list": [*range(count)]}

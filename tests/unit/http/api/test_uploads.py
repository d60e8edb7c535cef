"""/api/uploads: the tus protocol 1.0.0."""

from __future__ import annotations

import asyncio
import json
import os
import random
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

from tests.unit.http.api.shared import (
    CHUNK,
    VERSION,
    Shared,
    checksum,
    chunk,
    create,
    creation,
    metadata,
    offset,
)
from tests.unit.http.desktop import make_app

BYTES = random.Random(2).randbytes(300_000)


@pytest.fixture
def shared(tmp_path: Path) -> Shared:
    return Shared(tmp_path)


async def test_what_the_server_can(shared: Shared) -> None:
    shared.files.staging.limits = type(shared.files.staging.limits)(largest=5)
    async with shared.client() as script:
        answer = await script.options("/api/uploads")
    assert answer.status_code == 204
    extensions = "creation,creation-with-upload,checksum,termination,expiration"
    assert {k: v for k, v in answer.headers.items() if k.startswith("tus-")} == {
        "tus-resumable": "1.0.0",
        "tus-version": "1.0.0",
        "tus-extension": extensions,
        "tus-checksum-algorithm": "sha1,sha256",
        "tus-max-size": "5",
    }


async def test_an_upload_in_three_pieces(shared: Shared) -> None:
    with shared.changes() as changes:
        async with shared.client() as script:
            upload = await create(script, "plates/grün.tif", len(BYTES), filetype="image/tiff")
            for start in (0, 100_000, 200_000):
                answer = await script.head(upload, headers=VERSION)
                assert answer.headers["upload-offset"] == str(start)
                assert answer.headers["upload-length"] == str(len(BYTES))
                assert answer.headers["cache-control"] == "no-store"
                assert answer.headers["upload-metadata"] == metadata(
                    path="plates/grün.tif", filetype="image/tiff"
                )
                assert parsedate_to_datetime(answer.headers["upload-expires"])
                data = BYTES[start : start + 100_000]
                answer = await script.patch(upload, headers=chunk(start), content=data)
                assert answer.status_code == 204, answer.text
                assert answer.headers["upload-offset"] == str(start + 100_000)
                assert answer.headers["tus-resumable"] == "1.0.0"
            again = await script.head(upload, headers=VERSION)
    for told in (answer, again):
        assert told.headers["upload-path"] == "plates/gr%C3%BCn.tif"
        assert "upload-expires" not in told.headers
    assert again.headers["upload-offset"] == str(len(BYTES))
    assert (shared.path / "plates/grün.tif").read_bytes() == BYTES
    assert changes == ["plates"]


class TestCreation:
    async def test_with_upload(self, shared: Shared) -> None:
        headers = creation("a", len(BYTES)) | CHUNK
        async with shared.client() as script:
            part = await script.post("/api/uploads", headers=headers, content=BYTES[:1000])
            assert part.headers["upload-offset"] == "1000"
            upload = f"/api/{part.headers['location']}"
            await script.patch(upload, headers=chunk(1000), content=BYTES[1000:])
            headers |= creation("b", len(BYTES)) | {"Upload-Checksum": checksum(BYTES)}
            whole = await script.post("/api/uploads", headers=headers, content=BYTES)
        assert (whole.status_code, whole.headers["upload-path"]) == (201, "b")
        assert shared.names() == ["a", "b"]
        assert (shared.path / "a").read_bytes() == (shared.path / "b").read_bytes() == BYTES

    async def test_with_an_upload_that_is_wrong(self, shared: Shared) -> None:
        headers = creation("a", 10) | CHUNK
        async with shared.client() as script:
            for more, body, status in (
                ({"Upload-Checksum": checksum(b"x")}, b"y", 460),
                ({}, b"more than 10 bytes", 413),
            ):
                answer = await script.post("/api/uploads", headers=headers | more, content=body)
                assert answer.status_code == status
        assert (shared.names(), shared.staged()) == ([], [])

    async def test_of_nothing(self, shared: Shared) -> None:
        async with shared.client() as script:
            answer = await script.post("/api/uploads", headers=creation("empty", 0))
        assert answer.headers["upload-path"] == "empty"
        assert (shared.path / "empty").read_bytes() == b""

    @pytest.mark.parametrize(
        ("headers", "status", "error"),
        [
            ({"Tus-Resumable": ""}, 412, "another version of tus"),
            ({"Tus-Resumable": "0.2.2"}, 412, "another version of tus"),
            ({"Upload-Length": ""}, 400, "Upload-Length: '' is no number of bytes"),
            ({"Upload-Length": "-1"}, 400, "Upload-Length: '-1' is no number of bytes"),
            ({"Upload-Length": "1e9"}, 400, "Upload-Length: '1e9' is no number of bytes"),
            ({"Upload-Length": "9" * 19}, 400, f"Upload-Length: '{'9' * 19}' is no number of"),
            ({"Upload-Length": "1001"}, 413, "larger than files may be here"),
            ({"Upload-Metadata": ""}, 400, "Upload-Metadata: no path"),
            ({"Upload-Metadata": "path"}, 400, "the top folder itself cannot be changed"),
            ({"Upload-Metadata": "path ?"}, 400, "Upload-Metadata: 'path' has no UTF-8 in Base64"),
            ({"Upload-Metadata": "path /w=="}, 400, "Upload-Metadata: 'path' has no UTF-8 in"),
            ({"Upload-Metadata": metadata(path="../x")}, 400, "the part '..' of the path"),
            ({"Upload-Metadata": metadata(path="/x")}, 400, "an empty part of the path"),
            ({"Upload-Metadata": metadata(path="a\nb")}, 400, "'a\\nb': a control character"),
            ({"Upload-Metadata": metadata(path="there")}, 409, "there: there is something of"),
            ({"Upload-Metadata": metadata(path="a", if_exists="no")}, 400, "if_exists='no' is not"),
        ],
    )
    async def test_that_cannot_be(
        self, tmp_path: Path, headers: dict[str, str], status: int, error: str
    ) -> None:
        shared = Shared(tmp_path, largest=1000)
        shared.write("there")
        async with shared.client() as script:
            answer = await script.post("/api/uploads", headers=creation("a", 10) | headers)
        assert answer.status_code == status, answer.text
        assert answer.json()["error"].startswith(error)
        assert answer.json()["remedy"]
        assert answer.headers["tus-resumable"] == "1.0.0"
        assert (shared.names(), shared.staged()) == (["there"], [])

    async def test_without_room(self, tmp_path: Path) -> None:
        disk = os.statvfs(tmp_path)
        shared = Shared(tmp_path, free=disk.f_bavail * disk.f_frsize + 10_000_000_000)
        async with shared.client() as script:
            answer = await script.post("/api/uploads", headers=creation("a", 10))
        assert (answer.status_code, shared.staged()) == (507, [])


class TestPieces:
    @pytest.mark.parametrize(
        ("headers", "status", "error"),
        [
            ({"Upload-Offset": "4"}, 409, "the upload is at byte 5, not 4"),
            ({"Upload-Offset": "six"}, 400, "Upload-Offset: 'six' is no number of bytes"),
            ({"Content-Type": "text/plain"}, 415, "not a part of a file"),
            ({"Upload-Checksum": checksum(b"x")}, 460, "the sha256 of what has arrived"),
            ({"Upload-Checksum": checksum(b"x", "sha1")}, 460, "the sha1 of what has arrived"),
            ({"Upload-Checksum": "md5 eA=="}, 400, "Upload-Checksum: 'md5' is not known"),
            ({"Upload-Checksum": "sha1 ?"}, 400, "Upload-Checksum: not in Base64"),
            ({"Upload-Checksum": "sha1 eA=="}, 460, "the sha1 of what has arrived"),
            ({"Tus-Resumable": "2"}, 412, "another version of tus"),
        ],
    )
    async def test_that_are_refused(
        self, shared: Shared, headers: dict[str, str], status: int, error: str
    ) -> None:
        async with shared.client() as script:
            upload = await create(script, "a", 10)
            await script.patch(upload, headers=chunk(0), content=b"01234")
            answer = await script.patch(upload, headers=chunk(5) | headers, content=b"56789")
            assert (answer.status_code, answer.headers["tus-resumable"]) == (status, "1.0.0")
            assert answer.json()["error"].startswith(error)
            assert await offset(script, upload) == 5
            right = chunk(5, **{"Upload-Checksum": checksum(b"56789")})
            await script.patch(upload, headers=right, content=b"56789")
        assert (shared.path / "a").read_bytes() == b"0123456789"

    async def test_of_more_than_was_announced(self, shared: Shared) -> None:
        async with shared.client() as script:
            upload = await create(script, "a", 10)
            answer = await script.patch(upload, headers=chunk(0), content=b"x" * 11)
            assert answer.status_code == 413
            assert await offset(script, upload) == 0

    async def test_of_an_upload_that_is_whole(self, shared: Shared) -> None:
        async with shared.client() as script:
            upload = await create(script, "a", 5)
            await script.patch(upload, headers=chunk(0), content=b"01234")
            for data in (b"", b"5"):
                answer = await script.patch(upload, headers=chunk(5), content=data)
                assert answer.status_code == 409
                assert answer.json()["error"] == "the upload is whole: a"
        assert (shared.path / "a").read_bytes() == b"01234"

    async def test_by_way_of_a_proxy_that_knows_no_patch(self, shared: Shared) -> None:
        async with shared.client() as script:
            upload = await create(script, "a", 5)
            headers = chunk(0) | {"X-HTTP-Method-Override": "PATCH"}
            answer = await script.post(upload, headers=headers, content=b"01234")
            assert answer.status_code == 204
            headers = VERSION | {"X-HTTP-Method-Override": "DELETE"}
            assert (await script.post(upload, headers=headers)).status_code == 204
            assert (await script.post(upload, headers=VERSION)).status_code == 405
        assert (shared.path / "a").read_bytes() == b"01234"

    async def test_of_an_unknown_upload(self, shared: Shared) -> None:
        async with shared.client() as script:
            for method, headers in (("HEAD", VERSION), ("PATCH", chunk(0)), ("DELETE", VERSION)):
                answer = await script.request(method, f"/api/uploads/{'x' * 22}", headers=headers)
                assert answer.status_code == 404

    async def test_of_an_upload_that_an_application_has_made_up(self, shared: Shared) -> None:
        secret = shared.path.with_name(f"{shared.path.name}-secret")
        secret.write_bytes(b"secret")
        staging = shared.path / f".desktopd-uploads-{os.geteuid()}"
        staging.mkdir()
        values = {"id": str(secret), "length": 6, "if_exists": "replace", "metadata": "path eA=="}
        paths = {"top": {"names": []}, "path": {"names": ["stolen"]}, "placed": None}
        record = json.dumps({**values, **paths, "trusted": None})
        async with shared.client() as script:
            for letter, text in {"A": record, "B": "[" * 100_000}.items():
                (staging / f"{letter * 22}.json").write_text(text)
                address = f"/api/uploads/{letter * 22}"
                for method, headers in (
                    ("HEAD", VERSION),
                    ("PATCH", chunk(6)),
                    ("PATCH", chunk(0)),
                ):
                    answer = await script.request(method, address, headers=headers, content=b"x")
                    assert answer.status_code == 404
        assert (secret.read_bytes(), shared.names()) == (b"secret", [])

    async def test_of_a_draft_in_whose_place_is_another_file(self, shared: Shared) -> None:
        secret = shared.path.with_name(f"{shared.path.name}-secret")
        secret.write_bytes(b"secret")
        async with shared.client() as script:
            upload = await create(script, "stolen", 7)
            (draft,) = shared.path.glob(".desktopd*/*")
            draft.unlink()
            draft.hardlink_to(secret)
            assert (await script.head(upload, headers=VERSION)).status_code == 403
            answer = await script.patch(upload, headers=chunk(6), content=b"x")
            assert answer.status_code == 403
            assert (await script.delete(upload, headers=VERSION)).status_code == 204
        assert (secret.read_bytes(), shared.names()) == (b"secret", [])


async def test_termination(shared: Shared) -> None:
    async with shared.client() as script:
        upload = await create(script, "a", 10)
        await script.patch(upload, headers=chunk(0), content=b"01234")
        assert len(shared.staged()) == 2
        assert (await script.delete(upload, headers=VERSION)).status_code == 204
        assert (await script.head(upload, headers=VERSION)).status_code == 404
    assert list(shared.path.iterdir()) == []


async def test_two_uploads_to_one_name_at_once(shared: Shared) -> None:
    async with shared.client() as script:
        uploads = [await create(script, "cells.tif", len(BYTES)) for _ in range(3)]
        answers = await asyncio.gather(
            *(script.patch(upload, headers=chunk(0), content=BYTES) for upload in uploads)
        )
    assert {answer.headers["upload-path"] for answer in answers} == {
        "cells.tif",
        "cells%20%282%29.tif",
        "cells%20%283%29.tif",
    }
    assert all(path.read_bytes() == BYTES for path in shared.path.glob("*.tif"))


async def test_below_a_prefix(tmp_path: Path) -> None:
    shared = Shared(tmp_path)
    shared.app = make_app(files=shared.files, base_url="/user/ada/")
    async with shared.client() as script:
        answer = await script.post("/user/ada/api/uploads", headers=creation("a", 1))
        upload = answer.url.join(answer.headers["location"])
        answer = await script.patch(upload, headers=chunk(0), content=b"x")
    assert (answer.status_code, shared.names()) == (204, ["a"])

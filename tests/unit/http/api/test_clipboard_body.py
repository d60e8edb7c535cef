"""Several forms of one copy in one request to ``/api/clipboard``."""

from __future__ import annotations

from collections.abc import AsyncIterator
from io import BytesIO
from typing import Any

import httpx
import pytest
from PIL import Image

from desktopd.geometry import Size
from desktopd.x11.selections.content import Content
from desktopd.x11.selections.images import PngImage
from tests.unit.http.desktop import Desk, user


def picture(name: str) -> bytes:
    file = BytesIO()
    Image.radial_gradient("L").resize((40, 30)).save(file, name)
    return file.getvalue()


PNG = picture("PNG")
BOUNDARY = {"Content-Type": "multipart/form-data; boundary=x"}


@pytest.fixture
async def script(desk: Desk) -> AsyncIterator[httpx.AsyncClient]:
    async with user(desk) as script:
        yield script


def part(name: str, data: bytes | str, kind: str | None = None) -> tuple[str, Any]:
    return name, (None if kind is None else "blob", data, kind)


async def put(script: httpx.AsyncClient, *parts: tuple[str, Any]) -> httpx.Response:
    return await script.put("/api/clipboard", files=list(parts))


async def test_all_forms_of_a_copy_arrive_at_once(desk: Desk, script: httpx.AsyncClient) -> None:
    parts = [part("text", "grün\r\n"), part("html", "<b>grün</b>"), part("image", PNG, "image/png")]
    answer = await put(script, *parts)
    assert (answer.status_code, answer.headers["etag"]) == (204, '"1"')
    image = PngImage(PNG, Size(40, 30))
    assert desk.clipboard.offer.content == Content("grün\r\n", "<b>grün</b>", image)


@pytest.mark.parametrize("kind", ["tiff", "bmp", "jpeg"])
async def test_an_image_of_another_type_becomes_png(
    desk: Desk, script: httpx.AsyncClient, kind: str
) -> None:
    assert (await put(script, part("image", picture(kind), f"image/{kind}"))).status_code == 204
    image = desk.clipboard.offer.content.image
    assert image is not None
    assert image.size == Size(40, 30)
    assert desk.clipboard.offer.content.text is None


async def test_large_text_beside_an_image_is_told_by_its_own_limit(
    desk: Desk, script: httpx.AsyncClient
) -> None:
    answer = await put(script, part("text", "x" * 1_048_577), part("image", PNG, "image/png"))
    assert answer.status_code == 413
    assert "clipboard text of 1048577 bytes" in answer.json()["error"]
    assert desk.clipboard.offer.serial == 0


@pytest.mark.parametrize(
    ("parts", "status", "error"),
    [
        ([part("file", PNG, "image/png")], 400, "the form has the parts file"),
        ([part("text", "a"), part("text", "b")], 400, "the form has the parts text"),
        ([part("image", PNG, "image/avif")], 415, "the image is of the type image/avif"),
        ([part("image", "PNG")], 415, "the image is of the type text"),
        ([part("image", b"PNG", "image/png")], 400, "not a whole PNG image"),
    ],
)
async def test_what_is_not_understood(
    desk: Desk, script: httpx.AsyncClient, parts: list[tuple[str, Any]], status: int, error: str
) -> None:
    answer = await put(script, *parts)
    assert answer.status_code == status
    assert error in answer.json()["error"]
    assert desk.clipboard.offer.serial == 0


@pytest.mark.parametrize("body", [b"", b"--x--\r\n", b"nonsense", b"--x\r\n\r\ntext\r\n--x--\r\n"])
async def test_a_form_that_is_none(desk: Desk, script: httpx.AsyncClient, body: bytes) -> None:
    answer = await script.put("/api/clipboard", content=body, headers=BOUNDARY)
    assert answer.status_code == 400
    assert answer.json()["remedy"] == "send parts named text, html and image, each at most once"
    assert desk.clipboard.offer.serial == 0

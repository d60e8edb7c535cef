"""``/api/clipboard`` on a session in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from io import BytesIO

import httpx
import pytest
from PIL import Image

from desktopd.geometry import Size
from desktopd.x11.selections.content import Content, ContentLimits
from desktopd.x11.selections.images import PngImage
from tests.unit.http.desktop import VIEW_BEARER, Desk, client, make_app, user

TEXT, HTML = "grüße 👋\n", "<b>grüße</b>"


def written(name: str = "PNG", size: tuple[int, int] = (40, 30)) -> bytes:
    file = BytesIO()
    Image.radial_gradient("L").resize(size).save(file, name)
    return file.getvalue()


@pytest.fixture
async def script(desk: Desk) -> AsyncIterator[httpx.AsyncClient]:
    async with user(desk) as script:
        yield script


async def put(script: httpx.AsyncClient, data: bytes, kind: str) -> httpx.Response:
    return await script.put("/api/clipboard", content=data, headers={"Content-Type": kind})


async def get(script: httpx.AsyncClient, accept: str) -> httpx.Response:
    return await script.get("/api/clipboard", headers={"Accept": accept})


@pytest.mark.parametrize("text", ["", "plain", "grüße 👋 \u4f60\u597d\n\ttab", "a\0b"])
async def test_text_goes_in_and_out_as_utf8(
    desk: Desk, script: httpx.AsyncClient, text: str
) -> None:
    answer = await script.put("/api/clipboard", content=text.encode())
    assert answer.status_code == 204
    assert desk.clipboard.offer.content == Content(text=text)
    got = await script.get("/api/clipboard")
    assert got.content.decode() == text
    assert got.headers["content-type"] == "text/plain; charset=utf-8"
    assert got.headers["etag"] == answer.headers["etag"] == '"1"'


async def test_an_image_goes_in_and_out(desk: Desk, script: httpx.AsyncClient) -> None:
    assert (await put(script, written(), "image/png")).status_code == 204
    assert desk.clipboard.offer.content == Content(image=PngImage(written(), Size(40, 30)))
    got = await get(script, "image/png")
    assert (got.content, got.headers["content-type"]) == (written(), "image/png")
    assert (await get(script, "*/*")).text == ""


@pytest.mark.parametrize("kind", ["jpeg", "tiff", "bmp", "webp", "gif"])
async def test_other_images_become_png(desk: Desk, script: httpx.AsyncClient, kind: str) -> None:
    assert (await put(script, written(kind), f"image/{kind}")).status_code == 204
    image = desk.clipboard.offer.content.image
    assert image is not None
    assert image.size == Size(40, 30)


async def test_html_goes_in_and_out_and_is_never_a_page(
    desk: Desk, script: httpx.AsyncClient
) -> None:
    assert (await put(script, HTML.encode(), "text/html; charset=utf-8")).status_code == 204
    assert desk.clipboard.offer.content == Content(html=HTML)
    got = await get(script, "text/html")
    assert got.text == HTML
    assert got.headers["content-disposition"] == "attachment"
    assert got.headers["x-content-type-options"] == "nosniff"


async def test_files_are_a_list(desk: Desk, script: httpx.AsyncClient) -> None:
    desk.clipboard.copy(Content(uris=("file:///data/a%20b", "https://example.org/")))
    assert (await get(script, "text/uri-list")).content == (
        b"file:///data/a%20b\r\nhttps://example.org/\r\n"
    )
    assert (await get(script, "text/plain")).text == "/data/a b\nhttps://example.org/"


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("image/png, text/plain", "image/png"),
        ("text/plain, image/png", "text/plain; charset=utf-8"),
        ("image/webp, IMAGE/PNG;q=0.9", "image/png"),
        ("image/webp, */*", "text/plain; charset=utf-8"),
        ("text/*", "text/plain; charset=utf-8"),
        ("", "text/plain; charset=utf-8"),
    ],
)
async def test_the_first_type_that_there_is(
    desk: Desk, script: httpx.AsyncClient, accept: str, kind: str
) -> None:
    desk.clipboard.copy(Content(text=TEXT, image=PngImage(written(), Size(40, 30))))
    assert (await get(script, accept)).headers["content-type"] == kind


async def test_a_type_that_there_is_not(desk: Desk, script: httpx.AsyncClient) -> None:
    desk.clipboard.copy(Content(text=TEXT, image=PngImage(written(), Size(40, 30))))
    answer = await get(script, "image/webp")
    assert answer.status_code == 406
    assert answer.json()["remedy"] == "accept text/plain, image/png"


async def test_is_not_shown_to_a_viewer_nor_changed_by_one(desk: Desk) -> None:
    desk.clipboard.copy(Content(text="secret"))
    async with client(make_app(desk), headers=VIEW_BEARER) as viewer:
        answers = [await get(viewer, "text/plain"), await put(viewer, b"text", "text/plain")]
    assert [answer.status_code for answer in answers] == [403, 403]
    assert "secret" not in answers[0].text
    assert desk.clipboard.text == "secret"


@pytest.mark.parametrize(("kind", "limit"), [("text/plain", 1_048_576), ("text/html", 33_554_432)])
async def test_takes_so_much_and_no_more(
    desk: Desk, script: httpx.AsyncClient, kind: str, limit: int
) -> None:
    assert (await put(script, b"x" * limit, kind)).status_code == 204
    before = desk.clipboard.offer
    answer = await put(script, b"y" * (limit + 1), kind)
    assert answer.status_code == 413
    assert answer.json() == {
        "error": f"the request is larger than {limit} bytes",
        "remedy": "copy a smaller part, or upload it as a file",
    }
    assert desk.clipboard.offer == before


async def test_an_image_that_is_too_large_as_png(desk: Desk, script: httpx.AsyncClient) -> None:
    desk.clipboard.limits = ContentLimits(other=500)
    answer = await put(script, written("JPEG"), "image/jpeg")
    assert answer.status_code == 413
    assert "at most 500 fit" in answer.json()["error"]
    assert desk.clipboard.offer.serial == 0


@pytest.mark.parametrize(
    ("data", "kind", "error"),
    [
        (b"gr\xfc\xdfe", "text/plain", "utf-8"),
        (b"gr\xfc\xdfe", "text/html", "utf-8"),
        (b"", "image/png", "the data are not a whole PNG image"),
        (written("JPEG"), "image/png", "the data are not a whole PNG image"),
        (written("JPEG")[:200], "image/jpeg", "the data are not a JPEG image"),
    ],
)
async def test_data_that_are_not_what_they_are_said_to_be(
    desk: Desk, script: httpx.AsyncClient, data: bytes, kind: str, error: str
) -> None:
    answer = await put(script, data, kind)
    assert answer.status_code == 400
    assert error in answer.json()["error"]
    assert kind in answer.json()["remedy"]
    assert desk.clipboard.offer.serial == 0


@pytest.mark.parametrize("kind", ["image/avif", "application/x-www-form-urlencoded", "nonsense"])
async def test_other_types_are_refused(desk: Desk, script: httpx.AsyncClient, kind: str) -> None:
    answer = await put(script, b"data", kind)
    assert answer.status_code == 415
    assert answer.json()["error"] == f"{kind} cannot be copied"
    assert "image/png" in answer.json()["remedy"]


async def test_an_image_on_a_slow_line_does_not_replace_what_came_later(
    desk: Desk, script: httpx.AsyncClient
) -> None:
    read, rest = asyncio.Event(), asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        read.set()
        yield written()[:100]
        await rest.wait()
        yield written()[100:]

    headers = {"Content-Type": "image/png"}
    slow = asyncio.create_task(script.put("/api/clipboard", content=slowly(), headers=headers))
    await read.wait()
    desk.clipboard.copy(Content(text="later"))
    rest.set()
    answer = await slow
    assert answer.status_code == 409
    assert answer.json() == {
        "error": "something else was copied in the meantime",
        "remedy": "copy it again",
    }
    assert desk.clipboard.text == "later"


async def test_what_was_copied_unseen_is_not_replaced(
    desk: Desk, script: httpx.AsyncClient
) -> None:
    desk.clipboard.copy(Content(text="seen"))
    desk.clipboard.copy(Content(text="unseen"))
    answer = await script.put("/api/clipboard?known=1", content=b"older")
    assert answer.status_code == 409
    assert answer.json()["error"] == "something else has been copied"
    assert desk.clipboard.text == "unseen"
    answer = await script.put("/api/clipboard?known=2", content=b"newer")
    assert answer.status_code == 204
    assert desk.clipboard.text == "newer"
    answer = await script.put("/api/clipboard?known=2", content=b"of another client")
    assert answer.status_code == 409
    assert desk.clipboard.text == "newer"


@pytest.mark.parametrize("body", [b"one\r\ntwo\rthree\n", b"one\ntwo\nthree\n"])
async def test_lines_end_in_a_line_feed(desk: Desk, script: httpx.AsyncClient, body: bytes) -> None:
    assert (await script.put("/api/clipboard", content=body)).status_code == 204
    assert desk.clipboard.text == "one\ntwo\nthree\n"
    form = {"text": ("text", body, "text/plain")}
    assert (await script.put("/api/clipboard", files=form)).status_code == 204
    assert (await script.get("/api/clipboard")).content == b"one\ntwo\nthree\n"


async def test_known_is_a_serial(script: httpx.AsyncClient) -> None:
    answer = await script.put("/api/clipboard?known=-1", content=b"text")
    assert (answer.status_code, answer.json()["error"]) == (400, "known='-1' is no serial")

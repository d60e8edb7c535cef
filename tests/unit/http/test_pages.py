"""The files of the built client."""

import gzip
from pathlib import Path

import httpx
import pytest

from tests.unit.http.desktop import BEARER, HTML, client, make_app

SCRIPT = b"console.log('desktop');\n" * 50
BR = b"stands for brotli"


@pytest.fixture
def static(tmp_path: Path) -> Path:
    folder = tmp_path / "static"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_bytes(b"<!doctype html>the client")
    (folder / "index.html.gz").write_bytes(gzip.compress(b"<!doctype html>the client"))
    script = folder / "assets" / "index-Bx3_k-Zq.js"
    script.write_bytes(SCRIPT)
    script.with_name(script.name + ".gz").write_bytes(gzip.compress(SCRIPT))
    script.with_name(script.name + ".br").write_bytes(BR)
    (folder / "assets" / "icon-Ab12Cd34.svg").write_bytes(b"<svg/>")
    (folder / "robots.txt").write_bytes(b"none")
    (tmp_path / "secret.txt").write_bytes(b"outside")
    (folder / "link").symlink_to(tmp_path / "nowhere")
    return folder


def user(static: Path, **headers: str) -> httpx.AsyncClient:
    return client(make_app(static=static), headers=BEARER | headers)


@pytest.mark.parametrize("path", ["/", "/vnc.html", "/vnc_lite.html", "/?autoconnect=1"])
async def test_one_page_under_several_names(static: Path, path: str) -> None:
    async with user(static) as browser:
        answer = await browser.get(path)
    assert answer.text == "<!doctype html>the client"
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"


async def raw(browser: httpx.AsyncClient, path: str) -> tuple[httpx.Response, bytes]:
    async with browser.stream("GET", path) as answer:
        return answer, b"".join([chunk async for chunk in answer.aiter_raw()])


@pytest.mark.parametrize(
    ("accept", "coding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, deflate", "gzip"),
        ("GZIP", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("gzip;q=0", None),
        ("*", "br"),
        ("*;q=0, gzip", "gzip"),
        ("identity", None),
        ("", None),
        ("br;q=high", None),
        (";;,=", None),
    ],
)
async def test_compressed_forms(static: Path, accept: str, coding: str | None) -> None:
    async with user(static, **{"Accept-Encoding": accept}) as browser:
        answer, body = await raw(browser, "/assets/index-Bx3_k-Zq.js")
    assert answer.headers.get("content-encoding") == coding
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.headers["content-length"] == str(len(body))
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert {"br": BR, "gzip": SCRIPT, None: SCRIPT}[coding] == (
        gzip.decompress(body) if coding == "gzip" else body
    )


async def test_a_hashed_name_is_kept_for_a_year(static: Path) -> None:
    async with user(static) as browser:
        for name in ("index-Bx3_k-Zq.js", "icon-Ab12Cd34.svg"):
            answer = await browser.get(f"/assets/{name}")
            assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"
        assert (await browser.get("/robots.txt")).headers["cache-control"] == "no-cache"


async def test_what_the_browser_has_is_not_sent_again(static: Path) -> None:
    async with user(static, **{"Accept-Encoding": "gzip"}) as browser:
        etag = (await browser.get("/")).headers["etag"]
        for known in (etag, f'"other", W/{etag}'):
            answer = await browser.get("/", headers={"If-None-Match": known})
            assert (answer.status_code, answer.content) == (304, b"")
            assert answer.headers["etag"] == etag
        # Another form of the file is another entity.
        headers = {"If-None-Match": etag, "Accept-Encoding": "identity"}
        assert (await browser.get("/", headers=headers)).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/secret.txt",
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/assets/%2e%2e/%2e%2e/secret.txt",
        "/assets/..%2f..%2fsecret.txt",
        "/%252e%252e/secret.txt",
        "/..%5csecret.txt",
        "/%2fetc/passwd",
        "//etc/passwd",
        "/index.html%00",
        "/index.html.gz",
        "/assets/",
        "/assets",
        "/link",
        "/nowhere",
    ],
)
async def test_only_files_of_the_client_are_served(static: Path, path: str) -> None:
    async with user(static) as browser:
        request = browser.build_request("GET", "/")
        request.url = httpx.URL("http://desk.test").copy_with(raw_path=path.encode())
        answer = await browser.send(request)
    assert answer.status_code == 404
    assert answer.json().keys() == {"error", "remedy"}


async def test_head_and_other_methods(static: Path) -> None:
    async with user(static) as browser:
        answer = await browser.head("/")
        assert (answer.status_code, answer.content) == (200, b"")
        answer = await browser.delete("/vnc.html")
        assert answer.status_code == 405
        assert "GET" in answer.headers["allow"]


async def test_a_client_that_is_not_built_is_named(tmp_path: Path) -> None:
    async with user(tmp_path / "missing") as browser:
        answer = await browser.get("/")
        assert answer.status_code == 503
        assert "npm run build" in answer.json()["remedy"]
        page = await browser.get("/", headers=HTML)
        assert "<h1>the browser client is not built</h1>" in page.text

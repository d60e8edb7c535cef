"""Pages that are made by the server, and the client's page, in the reader's language."""

from __future__ import annotations

import asyncio
import gzip
import json
from pathlib import Path

import pytest
from starlette.requests import HTTPConnection
from websockets.asyncio.client import connect

from desktopd.files.limits import UploadLimits
from desktopd.files.sharing import Rules, SharedFiles
from desktopd.http.language import Language, language_of
from desktopd.http.serving.accepted import MOST, accepted
from tests.unit.http.desktop import BEARER, HTML, TOKEN, VIEW_BEARER, client, make_app, serving

TITLES = {
    "en": "This desktop needs a token",
    "de": "Dieser Desktop verlangt ein Token",
    "zh-Hans": "此桌面需要令牌",
}


@pytest.mark.parametrize(
    ("setting", "query", "accept", "tag"),
    [
        (None, "", "", "en"),
        (None, "", "de-CH, en;q=0.5", "de"),
        (None, "", "tlh, en;q=0.2, ZH-tw;q=0.9", "zh-Hans"),
        (None, "", "de;q=0, en;q=0.1", "en"),
        (None, "", "de;q=much, fr", "en"),
        (None, "?lang=zh", "de", "zh-Hans"),
        (None, "?lang=tlh", "de", "de"),
        (Language.GERMAN, "", "zh", "de"),
        (Language.GERMAN, "?lang=en", "zh", "en"),
        (Language.ENGLISH, "", "de", "en"),
    ],
)
async def test_address_operator_browser(
    setting: Language | None, query: str, accept: str, tag: str
) -> None:
    async with client(make_app(language=setting)) as browser:
        page = await browser.get(f"/{query}", headers={**HTML, "Accept-Language": accept})
    assert f'<html lang="{tag}">' in page.text
    assert f"<h1>{TITLES[tag]}</h1>" in page.text


async def test_the_form_answers_in_the_language_that_its_address_asked_for() -> None:
    async with client(make_app()) as browser:
        page = await browser.get("/?lang=de", headers=HTML)
        assert 'action="login?lang=de"' in page.text
        form = {"token": "wrong", "next": "?lang=de"}
        answer = await browser.post("/login?lang=de", data=form, headers=HTML)
        assert "Das Token ist falsch: Verwenden Sie das aus der Adresse" in answer.text
        form["token"] = TOKEN
        answer = await browser.post("/login?lang=de", data=form, headers=HTML)
        assert answer.headers["location"] == "./?lang=de"


async def test_a_page_of_an_error_is_in_the_language_of_the_browser() -> None:
    async with client(make_app()) as browser:
        page = await browser.get("/nothing", headers=BEARER | HTML | {"Accept-Language": "de"})
        assert "<h1>Nicht gefunden</h1>" in page.text


@pytest.mark.parametrize("coding", ["identity", "gzip", "br"])
async def test_the_clients_page_is_told_the_operators_choice(tmp_path: Path, coding: str) -> None:
    plain = b"<!doctype html><html><head><title>desktopd</title></head></html>"
    (tmp_path / "index.html").write_bytes(plain)
    (tmp_path / "index.html.gz").write_bytes(gzip.compress(plain))
    (tmp_path / "index.html.br").write_bytes(b"stands for brotli")
    tags = set()
    for language in (None, Language.GERMAN, Language.CHINESE):
        headers = BEARER | {"Accept-Encoding": coding}
        app = make_app(static=tmp_path, language=language)
        async with client(app, headers=headers) as browser, browser.stream("GET", "/") as answer:
            raw = b"".join([chunk async for chunk in answer.aiter_raw()])
        tags.add(answer.headers["etag"])
        sent = gzip.decompress(raw) if answer.headers.get("content-encoding") == "gzip" else raw
        told = b'<head><meta name="language" content="%s">' % str(language).encode()
        assert (told in sent) == (language is not None)
    assert len(tags) == 3


MISSING = {
    "en": ("cells.tif: no such file or folder", "list the folder that holds it"),
    "de": ("cells.tif: nicht vorhanden", "Laden Sie den Ordner neu, in dem es lag"),
    "zh": ("cells.tif\N{FULLWIDTH COLON}没有此文件或文件夹", "请刷新它所在的文件夹"),
}


@pytest.mark.parametrize(
    ("setting", "query", "accept", "language"),
    [
        (None, "", "", "en"),
        (None, "", "de-CH, en;q=0.5", "de"),
        (None, "", "zh-Hans", "zh"),
        (None, "?lang=zh", "de", "zh"),
        # The page's reader has chosen another language than the operator; a program has not.
        (Language.GERMAN, "", "zh-Hans", "zh"),
        (Language.GERMAN, "", "", "en"),
    ],
)
async def test_the_api_answers_in_the_language_of_the_page(
    tmp_path: Path, setting: Language | None, query: str, accept: str, language: str
) -> None:
    files = SharedFiles(tmp_path, Rules(), UploadLimits(), tmp_path / "records")
    app = make_app(files=files, language=setting)
    async with client(app) as page:
        headers = {**BEARER, "Accept-Language": accept}
        answer = await page.get(f"/api/files/cells.tif{query}", headers=headers)
    assert answer.status_code == 404
    assert (answer.json()["error"], answer.json()["remedy"]) == MISSING[language]


async def test_the_events_answer_in_the_language_of_the_page() -> None:
    async with serving(make_app()) as server:
        address = server.addresses[0].replace("http", "ws") + "/api/events?lang=de"
        async with connect(address, additional_headers=VIEW_BEARER) as websocket:
            await websocket.send('{"type": "clipboard", "text": "cells"}')
            async with asyncio.timeout(30):
                while (frame := json.loads(await websocket.recv()))["type"] != "error":
                    pass
    assert frame["error"] == "Mit diesem Token dürfen Sie nur zusehen"


def test_of_what_a_client_accepts_the_first_names_count() -> None:
    """Sixteen kilobytes of them took the daemon 5 ms for each watcher at each change."""
    assert len(accepted("a, " + ",".join(f"x{n}" for n in range(4000)))) == MOST


def test_a_connection_that_stays_is_asked_once() -> None:
    scope: dict[str, object] = {
        "type": "websocket",
        "headers": [(b"accept-language", b"de")],
        "query_string": b"",
    }
    assert language_of(HTTPConnection(scope)) is Language.GERMAN
    scope["headers"] = [(b"accept-language", b"zh")]
    assert language_of(HTTPConnection(scope)) is Language.GERMAN

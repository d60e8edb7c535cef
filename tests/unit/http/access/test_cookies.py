"""What is read of a request's cookies, and by whom."""

from __future__ import annotations

import pytest
from starlette.requests import HTTPConnection

from desktopd.http.access.cookies import MOST, cookies_of
from tests.unit.http.desktop import HTML, TOKEN, client, make_app


def connection(*lines: str) -> HTTPConnection:
    headers = [(b"cookie", line.encode("latin-1")) for line in lines]
    return HTTPConnection({"type": "http", "headers": headers})


def test_names_and_values_of_all_lines_the_last_one_counts() -> None:
    read = cookies_of(connection('a=1; b="two"; c=x=y;; d', 'a = 3 ;e="; =f'))
    assert read == {"a": "3", "b": "two", "c": "x=y", "e": '"', "": "f"}


def test_only_so_many_are_looked_at() -> None:
    """Of 60 KB each took 1.3 MB for as long as a WebSocket was open."""
    lines = ("; ".join(f"{line}{number}=1" for number in range(MOST)) for line in "ab")
    assert list(cookies_of(connection(*lines))) == [f"a{number}" for number in range(MOST)]


def test_escapes_stay_as_they_are() -> None:
    escapes = "\\" * 60_000
    assert cookies_of(connection(f'a="{escapes}"')) == {"a": escapes}


async def test_nothing_is_read_in_another_way(monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(_: str) -> dict[str, str]:
        raise AssertionError("64 KiB of escapes would hold everybody up for seconds")

    monkeypatch.setattr("starlette.requests.cookie_parser", slow)
    async with client(make_app(), headers={"Cookie": 'a="\\\\"', **HTML}) as http:
        assert (await http.get("/")).status_code == 401
        assert (await http.get("/login")).status_code == 200
        assert (await http.post("/login", data={"token": TOKEN})).status_code == 303

"""Request bodies, bounded in size and time."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from starlette.requests import Request
from starlette.types import Message

from desktopd.http.api import body
from desktopd.http.api.body import read_body
from desktopd.http.problems import Problem


def request(messages: Sequence[Message]) -> Request:
    """A request whose body comes in these messages, and then no more."""
    left = list(messages)

    async def receive() -> Message:
        if not left:
            await asyncio.Event().wait()
        return left.pop(0)

    return Request({"type": "http", "method": "PUT", "headers": []}, receive)


def part(data: bytes, *, more: bool = True) -> Message:
    return {"type": "http.request", "body": data, "more_body": more}


async def test_the_parts_are_joined() -> None:
    assert await read_body(request([part(b"ab"), part(b"cd", more=False)]), 4) == b"abcd"


@pytest.mark.parametrize(
    ("messages", "status"),
    [
        ([part(b"ab"), part(b"cde")], 413),
        ([part(b"ab"), {"type": "http.disconnect"}], 400),
        ([part(b"ab")], 408),
    ],
)
async def test_what_is_too_much_too_little_or_too_slow(
    messages: list[Message], status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(body, "DEADLINE", 0.05)
    with pytest.raises(Problem) as caught:
        await read_body(request(messages), 4)
    assert caught.value.status_code == status

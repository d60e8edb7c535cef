"""A body that another request takes the place of."""

from __future__ import annotations

import asyncio

import pytest
from starlette.requests import Request
from starlette.types import Message

from desktopd.http.api.incoming import Incoming
from desktopd.http.problems import Problem


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
async def test_a_body_may_be_interrupted_again_at_any_moment(turns: int) -> None:
    """Of three requests for one upload the third had a 500 for its answer."""

    async def receive() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    body = Incoming(Request({"type": "http", "method": "PATCH", "headers": []}, receive))
    reading = asyncio.create_task(anext(body.pieces()))
    await asyncio.sleep(0)
    body.interrupt()
    for _ in range(turns):
        await asyncio.sleep(0)
        body.interrupt()
    with pytest.raises(Problem) as refused:
        await reading
    assert refused.value.status_code == 423
    body.interrupt()

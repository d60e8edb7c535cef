"""What an application waits for before it starts."""

import asyncio

import pytest

from desktopd.session import first_size
from desktopd.session.first_size import FirstSize


async def waits(size: FirstSize) -> bool:
    waiting = asyncio.create_task(size.wait())
    for _ in range(5):
        await asyncio.sleep(0)
    if waiting.done():
        return False
    waiting.cancel()
    return True


async def test_without_a_viewer_there_is_nothing_to_wait_for() -> None:
    assert not await waits(FirstSize())


async def test_a_viewer_that_has_come_tells_its_size_first() -> None:
    size = FirstSize()
    size.expect()
    assert await waits(size)
    size.know()
    assert not await waits(size)


async def test_a_viewer_that_leaves_the_size_as_it_is_is_waited_for_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(first_size, "PATIENCE", 0.01)
    size = FirstSize()
    size.expect()
    await asyncio.wait_for(size.wait(), 5)
    assert not await waits(size)

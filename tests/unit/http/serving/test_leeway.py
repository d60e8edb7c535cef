"""How long a client may take for what it is sent."""

from __future__ import annotations

import asyncio

import pytest

from desktopd.http.serving import leeway
from desktopd.http.serving.leeway import STRANGERS_BUFFER, Leeway

WAITS = 40 * STRANGERS_BUFFER


class Sending(asyncio.Transport):
    """Of what waits, a client takes so much from one look to the next."""

    def __init__(self, taken: int) -> None:
        super().__init__()
        self.waits, self.taken = WAITS, taken
        self.aborted = self.looked = False

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Any."""

    def get_write_buffer_size(self) -> int:
        waits = self.waits
        self.waits, self.looked = max(0, waits - self.taken), True
        return waits

    def abort(self) -> None:
        self.aborted = True


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leeway, "TAKE_DEADLINE", 0.01)


async def until_taken(sending: Sending) -> None:
    async with asyncio.timeout(10):
        while sending.waits and not sending.aborted:
            await asyncio.sleep(0.01)


@pytest.mark.parametrize(("taken", "is_cut"), [(0, True), (1, True), (WAITS // 8, False)])
async def test_a_stranger_takes_a_part_after_the_other_or_is_cut(taken: int, is_cut: bool) -> None:
    sending = Sending(taken)
    waiting = Leeway(sending)
    waiting.pause()
    await until_taken(sending)
    waiting.end()
    assert sending.aborted is is_cut


async def test_whoever_is_trusted_may_stand_still_amid_an_answer() -> None:
    sending = Sending(0)
    waiting = Leeway(sending)
    waiting.trust()
    waiting.pause()
    assert not sending.looked
    # What is left of an answer that is whole has to be taken, until another one begins.
    waiting.expect_taken()
    waiting.begin()
    await asyncio.sleep(0.05)
    assert not sending.aborted
    waiting.expect_taken()
    await until_taken(sending)
    assert sending.aborted

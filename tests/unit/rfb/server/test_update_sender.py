from __future__ import annotations

import asyncio

from desktopd.rfb.protocol.encodings import Encoding
from desktopd.rfb.protocol.fences import BEGIN, END, FenceFlag, fence
from tests.unit.rfb.server.talk import (
    FENCED,
    HELLO,
    LIMITS,
    Talk,
    client_fence,
    continuous_updates,
    request,
    set_encodings,
)


def drawn(number: int) -> bytes:
    return fence(FenceFlag.REQUEST | FenceFlag.BLOCK_BEFORE, number.to_bytes(4))


async def test_updates_are_measured_by_fences_around_them() -> None:
    talk = Talk()
    heard = await talk.hears(HELLO, set_encodings(*FENCED), request(False))
    assert heard.endswith(drawn(1))
    await talk.hears(client_fence((1).to_bytes(4), 1))
    picture = bytes(10_000)
    assumed = talk.gets(picture).rate
    assert await talk.hears() == BEGIN + picture + END + drawn(2)
    await talk.hears(client_fence(b"<"), client_fence(b">"), request(True))
    assert talk.gets(b"").rate != assumed
    await talk.end()


async def test_who_knows_no_fences_gets_the_update_alone() -> None:
    talk = Talk()
    await talk.hears(HELLO, set_encodings(Encoding.TIGHT), request(False))
    talk.gets(b"picture")
    assert await talk.hears() == b"picture"
    await talk.end()


async def test_the_fence_that_has_to_be_answered_first_is_sent_once() -> None:
    talk = Talk()
    assert drawn(1) in await talk.hears(HELLO, set_encodings(*FENCED))
    assert await talk.hears(set_encodings(Encoding.TIGHT), set_encodings(*FENCED)) == b""
    await talk.end()


async def test_after_an_outage_pictures_go_on_before_the_answers_to_those_before_it() -> None:
    talk = Talk()
    await talk.hears(HELLO, set_encodings(*FENCED), continuous_updates(True))
    await talk.hears(client_fence((1).to_bytes(4), 1))
    sent = 0
    while (claimed := talk.claim()) is not None:
        talk.deliver(claimed, bytes(10_000))
        await talk.hears()
        sent += 1
    updates, now = talk.client.updates, asyncio.get_running_loop().time()
    updates.watch(now + 1, LIMITS.stall)
    assert talk.claim() is None, "the viewer is slow, and the link is none of its"
    talk.wire.unacknowledged = sent * 10_000
    updates.watch(now + 1, LIMITS.stall)
    assert updates.out
    assert talk.claim() is None
    talk.wire.unacknowledged = 5_000
    updates.watch(now + 1, LIMITS.stall)
    request = talk.gets(bytes(10_000))
    assert request.late > 0
    await talk.hears(client_fence((2).to_bytes(4), 1))
    assert not updates.out
    await talk.end()

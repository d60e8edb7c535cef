"""What ends an open connection whose user may be let in no more."""

import asyncio
import logging

import pytest

from desktopd.http.access.access import Access, Means
from desktopd.http.access.departures import Departures
from desktopd.rfb.viewers.connection import Cause
from desktopd.rfb.viewers.people import Visitor
from desktopd.rfb.viewers.viewer import Role


async def test_a_connection_ends_where_nobody_can_tell_its_right(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def over() -> None:
        raise LookupError("a mistake")

    access = Access(Role.CONTROL, Means.BEARER, over=over)
    async with asyncio.timeout(5):
        ending = await Departures().of(access, None)
    assert ending.cause is Cause.SIGN_IN_OVER
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


async def test_whose_connection_has_to_end_is_told_before_it_ends() -> None:
    """Else nobody had control for as long as a page may take to reload."""
    departed: list[str] = []
    departures = Departures(on_departure=departed.append)
    access = Access(Role.CONTROL, Means.COOKIE, link="c0ffee")
    visitor = Visitor("ana", Role.CONTROL)
    waiting = asyncio.create_task(departures.of(access, visitor))
    await asyncio.sleep(0)
    departures.revoke("c0ffee")
    assert (await waiting).cause is Cause.LINK_REVOKED
    assert departed == ["ana"]

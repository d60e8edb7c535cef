"""The application, by HTTP."""

from __future__ import annotations

from tests.unit.http.desktop import Desk, user


async def test_restarting_the_application(desk: Desk) -> None:
    async with user(desk) as script:
        assert (await script.get("/api/app/restart")).status_code == 405
        assert desk.restarts == 0
        assert (await script.post("/api/app/restart")).status_code == 204
    assert desk.restarts == 1

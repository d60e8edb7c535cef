"""What the server does, traced over HTTP for the owner alone."""

from __future__ import annotations

import time
from typing import Any

from desktopd.trace import Trace, Track
from tests.unit.http.desktop import BEARER, VIEW_BEARER, client, make_app


async def test_a_trace_is_the_owners() -> None:
    async with client(make_app()) as http:
        link = await http.post("/api/links", json={"role": "control"}, headers=BEARER)
        guest = {"Authorization": f"Bearer {link.json()['token']}"}
        for headers in (guest, VIEW_BEARER):
            assert (await http.get("/api/trace", headers=headers)).status_code == 403
            assert (await http.post("/api/trace", headers=headers)).status_code == 403


async def test_what_is_done_has_its_time_by_the_clock_that_is_told() -> None:
    trace = Trace()
    async with client(make_app(trace=trace)) as http:
        trace.end(Track.CAPTURE, "before", trace.begin())
        asked = time.monotonic() * 1e6
        now = (await http.post("/api/trace", headers=BEARER)).json()["now"]
        assert asked <= now <= time.monotonic() * 1e6
        trace.end(Track.CAPTURE, "encode", trace.begin(), bytes=7)
        trace.end("viewer 1", "transmit", trace.begin(), at=40, bytes=7)
        trace.end("viewer 1", "receive", trace.begin(), at=9, bytes=1)
        events: list[dict[str, Any]] = (await http.get("/api/trace", headers=BEARER)).json()[
            "traceEvents"
        ]
    done = [event for event in events if event["ph"] == "X"]
    assert [event["name"] for event in done] == ["encode", "transmit", "receive"]
    assert all(now <= event["ts"] and 0 <= event["dur"] < 1e6 for event in done)
    assert done[0]["args"] == {"bytes": 7}
    flows = [(event["ph"], event["id"]) for event in events if event["ph"] in "sf"]
    assert flows == [("s", "to the page 40"), ("f", "to the server 9")]
    names = {event["tid"]: event["args"]["name"] for event in events if event["ph"] == "M"}
    assert names == {0: "desktopd", 1: "capture", 2: "viewer 1"}

"""``/api/trace``: the owner has the server note when it does what, and loads that as JSON."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from desktopd.http.access.access import Access
from desktopd.http.problems import Problem
from desktopd.trace import Note, Trace

Event = dict[str, Any]


class TraceEndpoint:
    """The trace of this server. Raises Problem 403 for anybody but the owner."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace

    async def post(self, request: Request) -> Response:
        """Record from now on, for a few seconds unless this is asked for again.

        Tells the server's clock, in microseconds: who knows how long the request took knows how
        another clock differs.
        """
        _require_owner(request)
        now = time.monotonic()
        self._trace.record()
        return JSONResponse({"now": now * 1e6})

    async def get(self, request: Request) -> Response:
        """What has been recorded, in Chrome's Trace Event Format (JSON object format)."""
        _require_owner(request)
        return JSONResponse({"traceEvents": list(_events(self._trace.notes, os.getpid()))})


def trace_routes(trace: Trace) -> list[BaseRoute]:
    """The trace of this server."""
    endpoint = TraceEndpoint(trace)
    return [
        Route("/api/trace", endpoint.get),
        Route("/api/trace", endpoint.post, methods=["POST"]),
    ]


def _require_owner(request: Request) -> None:
    if not Access.of(request).owner:
        raise Problem(403, "only the owner may trace the server", "sign in with the owner's token")


def _events(notes: Sequence[Note], process: int) -> Iterator[Event]:
    """Complete events, an arrow for each frame of a viewer, and the names of the lines."""
    tracks = {
        track: number for number, track in enumerate(dict.fromkeys(n.track for n in notes), 1)
    }
    yield _name("process_name", "desktopd", process, 0)
    for track, number in tracks.items():
        yield _name("thread_name", track, process, number)
    for note in notes:
        place = {"pid": process, "tid": tracks[note.track], "ts": note.began * 1e6}
        length = (note.ended - note.began) * 1e6
        yield {"ph": "X", "name": note.name, "dur": length, "args": note.facts, **place}
        if note.name in _ARROWS:
            phase, way = _ARROWS[note.name]
            flow = {"ph": phase, "name": way, "cat": "frame", "id": f"{way} {note.facts['at']}"}
            yield {**flow, **({"bp": "e"} if phase == "f" else {}), **place}


_ARROWS = {"receive": ("f", "to the server"), "transmit": ("s", "to the page")}
"""Where an arrow ends (``f``) or starts (``s``), and its name; the page has the other end."""


def _name(kind: str, name: str, process: int, track: int) -> Event:
    return {"ph": "M", "name": kind, "args": {"name": name}, "pid": process, "tid": track}

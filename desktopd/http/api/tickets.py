"""POST ``/api/tickets``: one-time tickets, with which pages are let in without a cookie.

test_tickets tests it.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from desktopd.http.access.access import Access, Means
from desktopd.http.access.tickets import TICKET_SECONDS, Tickets
from desktopd.http.api.body import read_body
from desktopd.http.problems import Problem
from desktopd.rfb.viewers.viewer import Role

BODY_LIMIT = 4096


class _Wanted(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    role: Literal["control", "view"] | None = None


class TicketsEndpoint:
    """Issues `tickets`, None where users are not let in by tokens."""

    def __init__(self, tickets: Tickets | None) -> None:
        self._tickets = tickets

    async def post(self, request: Request) -> Response:
        """A ticket for the role of the request or a lesser one. Raises Problem."""
        if self._tickets is None:
            raise Problem(404, "there are no tickets here", "tickets need auth=token")
        access = Access.of(request)
        if access.means is not Means.BEARER:
            raise Problem(
                403, "a ticket is not for a cookie", "send the token as Authorization: Bearer"
            )
        if access.link is not None:
            # A ticket's page would outlive the link.
            raise Problem(403, "a link gives no tickets", "use the desktop's own token")
        role = await _role(request) or access.role
        if role is Role.CONTROL and access.role is not Role.CONTROL:
            raise Problem(403, "this token may only watch", "ask for the role view")
        if role not in self._tickets.roles:
            raise Problem(
                403, "there is no token for this role here", "set view_token, or make a link"
            )
        ticket = self._tickets.issue(role, access.until)
        seconds = int(TICKET_SECONDS)
        return JSONResponse({"ticket": ticket, "role": role, "seconds": seconds}, 201)


async def _role(request: Request) -> Role | None:
    try:
        wanted = _Wanted.model_validate_json(await read_body(request, BODY_LIMIT) or b"{}")
    except ValidationError:
        remedy = 'send nothing, or {"role": "view"} or {"role": "control"}'
        raise Problem(400, "the request is not understood", remedy) from None
    return None if wanted.role is None else Role(wanted.role)

"""``/api/links``: the owner makes links for others, and revokes them."""

from __future__ import annotations

import logging
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from desktopd import audit
from desktopd.http.access.access import Access
from desktopd.http.access.departures import Departures
from desktopd.http.access.links import Link, Links
from desktopd.http.api.body import read_body
from desktopd.http.problems import Problem
from desktopd.http.serving.proxy import client_address
from desktopd.rfb.viewers.people import tidy
from desktopd.rfb.viewers.viewer import Role

log = logging.getLogger(__name__)

BODY_LIMIT = 4096
LONGEST = 366 * 86_400
_REMEDY = (
    'send {"role": "view"} or {"role": "control"}, with "name" and "seconds" if they are wanted'
)

_UNTIL_NEXT = "the link is over, but only until desktopd starts anew"


class _WantedLink(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    role: Literal["control", "view"]
    name: str = ""
    seconds: int | None = Field(None, ge=1, le=LONGEST)


class LinksEndpoint:
    """The owner's `links`, None where users are not let in by tokens."""

    def __init__(self, links: Links | None, departures: Departures) -> None:
        self._links = links
        self._departures = departures

    async def get(self, request: Request) -> Response:
        """All that are valid, without their tokens."""
        links = self._of_owner(request)
        return JSONResponse({"links": [_link(link) for link in links]})

    async def post(self, request: Request) -> Response:
        """Make one, which ends with the sign-in that makes it; its address is told only now.

        Raises Problem.
        """
        links = self._of_owner(request)
        try:
            wanted = _WantedLink.model_validate_json(await read_body(request, BODY_LIMIT))
        except ValidationError:
            raise Problem(400, "the request is not understood", _REMEDY) from None
        try:
            link, token = links.make(
                tidy(wanted.name), Role(wanted.role), wanted.seconds, Access.of(request).until
            )
        except ValueError as error:
            raise Problem(409, str(error), "revoke one of them first") from None
        except OSError as error:
            raise _not_kept(error, "the links cannot be kept") from None
        log.info("link %s was made: %s", link.id, link.role)
        _account(request, link)
        return JSONResponse({**_link(link), "token": token, "href": f"./?token={token}"}, 201)

    async def delete(self, request: Request) -> Response:
        """Revoke one, and end what is open by it, even where nothing is kept. Raises Problem."""
        links, link_id = self._of_owner(request), request.path_params["link"]
        try:
            found = links.revoke(link_id)
        except OSError as error:
            self._revoked(request, link_id)
            raise _not_kept(error, _UNTIL_NEXT) from None
        if not found:
            raise Problem(404, "there is no such link", "GET api/links tells which there are")
        self._revoked(request, link_id)
        return Response(status_code=204)

    def _revoked(self, request: Request, link: str) -> None:
        """End what came by a link that opens nothing any more, and tell so."""
        log.info("link %s was revoked", link)
        audit.note(audit.Event.LINK_REVOKED, address=client_address(request.scope), link=link)
        self._departures.revoke(link)

    def _of_owner(self, request: Request) -> Links:
        if self._links is None:
            raise Problem(404, "there are no links here", "links need auth=token")
        if not Access.of(request).owner:
            raise Problem(403, "links are the owner's", "ask whoever sent you here")
        return self._links


def _not_kept(error: OSError, words: str) -> Problem:
    log.error("%s: %s", words, error)
    return Problem(507, words, "make room in the folder of desktopd's state")


def _account(request: Request, link: Link) -> None:
    """Tell of a new link."""
    audit.note(
        audit.Event.LINK_MADE,
        address=client_address(request.scope),
        link=link.id,
        role=link.role,
        name=link.name or None,
        until=None if link.until is None else int(link.until),
    )


def _link(link: Link) -> dict[str, Any]:
    return {
        "id": link.id,
        "name": link.name,
        "role": link.role,
        "made": link.made,
        "until": link.until,
    }


def link_routes(links: Links | None, departures: Departures) -> list[BaseRoute]:
    """What ``/api/links`` serves."""
    endpoint = LinksEndpoint(links, departures)
    return [
        Route("/api/links", endpoint.get),
        Route("/api/links", endpoint.post, methods=["POST"]),
        Route("/api/links/{link}", endpoint.delete, methods=["DELETE"]),
    ]

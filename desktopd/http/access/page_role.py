"""As whom a page has come: by which of its browser's cookies its requests are to be judged.

A browser has one cookie for each token and each link that it came by, and sends all of them from
all of its tabs. So a page says which one is its own: in its address, which a reload keeps, and with
each request. That opens nothing: it leaves out what the browser could show besides.

test_page_role tests it.
"""

from __future__ import annotations

import re

from starlette.requests import HTTPConnection

from desktopd.http.access.access import Access, Means
from desktopd.rfb.viewers.viewer import Role

PARAMETER = "as"
HEADER = "x-desktopd-as"
PROTOCOL = "desktopd.as."
_OWN = re.compile(f"{PARAMETER}(=|$)")


def page_role(conn: HTTPConnection) -> str | None:
    """A role, or the id of a link; None for what comes by whatever its browser has."""
    protocols: list[str] = conn.scope.get("subprotocols", [])
    named = (p.removeprefix(PROTOCOL) for p in protocols if p.startswith(PROTOCOL))
    return next(named, None) or conn.headers.get(HEADER) or conn.query_params.get(PARAMETER)


def own_role(access: Access) -> str:
    """What a page is to say that came with this access."""
    return access.link or access.role


def with_role(address: str, role: str) -> str:
    """A relative address of the page for a role; the plain one is for full control."""
    path, _, query = address.partition("?")
    parameters = [part for part in query.split("&") if part and not _OWN.match(part)]
    if role != Role.CONTROL:
        parameters.append(f"{PARAMETER}={role}")
    return path + ("?" + "&".join(parameters) if parameters else "")


def settled(conn: HTTPConnection) -> str | None:
    """Where a page that came by a cookie finds itself under its own role; None where it is there.

    A tab without a role would take up a stronger one as soon as its browser has that.
    """
    access = Access.of(conn)
    role = own_role(access)
    if access.means is not Means.COOKIE or page_role(conn) or role == Role.CONTROL:
        return None
    return with_role("?" + str(conn.scope["query_string"], "latin-1"), role)

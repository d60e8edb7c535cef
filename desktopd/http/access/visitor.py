"""Whose request or WebSocket it is: one browser's, by a key that its pages keep and show.

The key opens nothing. It tells the people who came with the same token from each other, so nobody
else is told it.

Tested by tests/unit/http/api/test_people.py.
"""

from __future__ import annotations

import hashlib
import re

from starlette.requests import HTTPConnection
from starlette.types import Scope

from desktopd.http.access.access import Access
from desktopd.http.asked_once import asked_once
from desktopd.http.problems import Problem, Refusal
from desktopd.http.serving.prefix import path_below
from desktopd.rfb.viewers.control import ELSEWHERE
from desktopd.rfb.viewers.people import People, Visitor
from desktopd.rfb.viewers.viewer import Role

PERSON_HEADER = "x-desktopd-person"
PERSON_PROTOCOL = "desktopd.person."
_KEY = re.compile("[A-Za-z0-9_-]{22,64}")
ACTING = ("/api/display", "/api/clipboard", "/api/drop", "/api/windows/", "/api/app/")
"""What acts on the desktop as input does, by the beginning of its path."""
SAFE_METHODS = frozenset({"GET", "HEAD"})


@asked_once
def visitor_of(conn: HTTPConnection) -> Visitor | None:
    """Whose request this is; None for a program that shows no key."""
    protocols: list[str] = conn.scope.get("subprotocols", [])
    named = (p.removeprefix(PERSON_PROTOCOL) for p in protocols if p.startswith(PERSON_PROTOCOL))
    key = next(named, conn.headers.get(PERSON_HEADER, ""))
    if not _KEY.fullmatch(key):
        return None
    access = Access.of(conn)
    # A browser that came by a token and by a link is two people: nobody gains by another's key.
    text = f"{access.role}\0{access.owner}\0{access.link}\0{key}"
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Visitor(digest, access.role, access.owner, name=access.name)


def acts(scope: Scope) -> bool:
    """Whether a request is one that acts on the desktop."""
    unsafe = scope["type"] == "http" and scope["method"] not in SAFE_METHODS
    return unsafe and path_below(scope).startswith(ACTING)


def check_acts(conn: HTTPConnection, people: People) -> None:
    """Raise Problem 403 or 409 for who may not act on the desktop, or not now.

    A program with the desktop's own token and no key is the owner's, and may always.
    """
    access, visitor = Access.of(conn), visitor_of(conn)
    if access.role is not Role.CONTROL:
        raise Problem(403, "this token may only watch", "use the token for control")
    if visitor is None and access.owner:
        return
    person = None if visitor is None else people.find(visitor.key)
    control = people.control
    if not (control.may_act(person.id) if person else control.holder is None):
        raise Refusal(409, ELSEWHERE, "ask for it: POST api/control/ask")

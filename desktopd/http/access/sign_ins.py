"""Who comes in, for the audit log: each sign-in, and what is let in without one.

A bearer token, a link's token or a proxy's word comes with each request: the first one is told.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable

from starlette.requests import HTTPConnection

from desktopd import audit
from desktopd.addresses import address_key
from desktopd.http.access.access import Access, Means
from desktopd.http.serving.proxy import client_address
from desktopd.refusals import NewsOfEach
from desktopd.rfb.viewers.people import tidy

REMEMBERED = 1024
AGAIN_SECONDS = 3600.0
"""After which without a request somebody comes anew."""
_NAME = 200


class SignIns:
    """Tells of each who comes, by what and from where; REMEMBERED of them it knows again."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: OrderedDict[Hashable, float] = OrderedDict()
        self._news = NewsOfEach(clock, "more come in")

    def entered(self, conn: HTTPConnection, access: Access) -> None:
        """Tell that `access` was just given: by a form, an address, a ticket or a login."""
        address = client_address(conn.scope)
        if self._news.may_be_told((access.role, access.link, access.by), address):
            self._remember(_key(conn, access))
            _tell(conn, access)

    def came(self, conn: HTTPConnection, access: Access) -> None:
        """Take a request with `access`, and tell of the first of its kind, and of each ticket."""
        if access.means is Means.TICKET:
            self.entered(conn, access)
            return
        key = _key(conn, access)
        last = self._seen.get(key)
        if last is not None and self._clock() - last < AGAIN_SECONDS:
            self._remember(key)
        else:
            self.entered(conn, access)

    def _remember(self, key: Hashable) -> None:
        self._seen[key] = self._clock()
        self._seen.move_to_end(key)
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)


def _key(conn: HTTPConnection, access: Access) -> Hashable:
    """The same for all requests of one sign-in, as far as they tell."""
    until = None if access.until is None else int(access.until)
    address = address_key(client_address(conn.scope))
    # A header of many kilobytes may be the name.
    return address, access.by, access.role, access.link, access.name[:_NAME], until


def _tell(conn: HTTPConnection, access: Access) -> None:
    audit.note(
        audit.Event.SIGNED_IN,
        address=client_address(conn.scope),
        role=access.role,
        by=access.by,
        link=access.link,
        name=tidy(access.name[:_NAME]) or None,
    )

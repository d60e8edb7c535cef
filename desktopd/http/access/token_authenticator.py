"""Gives access to whoever has one of our tokens, as a bearer, in the address or in a cookie.

What is made from a token counts as well: cookies, tickets, and the keys of pages.
"""

from __future__ import annotations

import logging
import math

from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse, Response

from desktopd import audit
from desktopd.http.access.access import Access, Means, bearer
from desktopd.http.access.cookies import cookies_of
from desktopd.http.access.page_keys import PageKeys
from desktopd.http.access.page_role import page_role, with_role
from desktopd.http.access.sign_ins import SignIns
from desktopd.http.access.steady_time import steady_time
from desktopd.http.access.tickets import Grant, Tickets
from desktopd.http.access.tokens import Tokens, cookie_header
from desktopd.http.problems import Problem, WrongToken
from desktopd.http.serving.proxy import client_address, is_https, peer_address
from desktopd.lockout import Lockout
from desktopd.refusals import News
from desktopd.rfb.viewers.viewer import Role

log = logging.getLogger(__name__)

FREE_OF_A_PEER = 100
"""Wrong tokens that a proxy may hand on before all of those that come by it are locked out."""

_CHALLENGE = {"WWW-Authenticate": "Bearer"}
_REMEDY = "use the one in the address that desktopd prints"


class TokenAuthenticator:
    """Tells the role of a request by what it shows. The cookies are for the path `base`.

    `embedded`: pages of other sites may embed us.
    """

    def __init__(
        self,
        tokens: Tokens,
        tickets: Tickets,
        lockout: Lockout,
        sign_ins: SignIns,
        base: str,
        *,
        embedded: bool,
    ) -> None:
        self._tokens = tokens
        self._tickets = tickets
        self._sign_ins = sign_ins
        self._keys = PageKeys(tokens)
        self._lockout = lockout
        self._peers = Lockout(free=FREE_OF_A_PEER)
        self._news = News()
        self.base = base
        self.embedded = embedded
        self.cookie_name = tokens.cookie_name
        self._frame_cookie = f"{tokens.cookie_name}-frame"

    async def access(
        self, conn: HTTPConnection, query: bytes | None = None, ticket: bytes | None = None
    ) -> Access:
        """The access of a request with a token or ticket in its address.

        Raises Problem 401 or 429. What is wrong does no harm to whoever has a valid cookie.
        """
        presented = {Means.TICKET: ticket, Means.BEARER: bearer(conn), Means.QUERY: query}
        given = {means: secret for means, secret in presented.items() if secret is not None}
        for means, secret in given.items():
            if access := self._shown(means, secret):
                self._forgive(conn, access.role)
                return access
        if access := self._cookie_access(conn):
            return access
        if given:
            raise self._refusal(conn, given)
        raise Problem(
            401, "this desktop needs a token", "open the address that desktopd prints", _CHALLENGE
        )

    def enter(self, conn: HTTPConnection, token: bytes, location: str) -> Response:
        """Exchange a token for a cookie on the way to `location`; raises Problem 401 or 429.

        A wrong token does no harm to whoever has a valid cookie.
        """
        role = self._tokens.role(token)
        response = RedirectResponse(with_role(location, role) if role else location, 303)
        if role is not None:
            self._forgive(conn, role)
            name, value = self._tokens.cookie_of(role), self._tokens.cookie_value(role)
            response.headers.append("set-cookie", self._cookie(conn, name, value))
            self._sign_ins.entered(conn, Access(role, Means.COOKIE))
        elif self._cookie_access(conn) is None:
            raise self._wrong(conn, "the token is wrong", _REMEDY)
        return response

    def hand_over(self, conn: HTTPConnection, response: Response) -> str:
        """The key for a page that came by a ticket.

        Where a browser keeps cookies of frames, it gets one too, for a page that is reloaded.
        """
        access = Access.of(conn)
        assert access.until is not None
        key = self._keys.make(Grant(access.role, access.until))
        if self.embedded and is_https(conn.scope):
            response.headers.append("set-cookie", self._cookie(conn, self._frame_cookie, key))
        return key

    def log_out(self, conn: HTTPConnection, response: Response) -> None:
        """Have the browser forget the cookies of the role that it leaves."""
        role = Access.of(conn).role
        framed = self._framed(conn)
        names = [self._tokens.cookie_of(role)]
        if framed is not None and framed.role is role:
            names.append(self._frame_cookie)
        for name in names:
            response.headers.append("set-cookie", self._cookie(conn, name, "") + "; Max-Age=0")

    def _shown(self, means: Means, secret: bytes) -> Access | None:
        """What a secret opens now."""
        if means is Means.TICKET:
            grant = self._tickets.take(secret)
        elif role := self._tokens.role(secret):
            return Access(role, means)
        else:
            grant = self._keys.read(secret)
        return Access(grant.role, means, grant.until) if grant and _lasts(grant) else None

    def _cookie_access(self, conn: HTTPConnection) -> Access | None:
        """What the browser's cookies open for this page."""
        asked, framed = page_role(conn), self._framed(conn)
        found = [Access(role, Means.COOKIE) for role in self._tokens.cookie_roles(cookies_of(conn))]
        if framed is not None and _lasts(framed):
            found.append(Access(framed.role, Means.COOKIE, framed.until))
        return next((access for access in found if asked in (None, access.role)), None)

    def _framed(self, conn: HTTPConnection) -> Grant | None:
        return self._keys.read(
            cookies_of(conn).get(self._frame_cookie, "").encode("latin-1", "replace")
        )

    def _cookie(self, conn: HTTPConnection, name: str, value: str) -> str:
        secure = is_https(conn.scope)
        return cookie_header(name, value, self.base, secure=secure, embedded=self.embedded)

    def _refusal(self, conn: HTTPConnection, given: dict[Means, bytes]) -> Problem:
        if any(self._keys.read(secret) for secret in given.values()):
            # Nobody guesses a key whose time is over: it is no reason to lock anybody out.
            return Problem(
                401, "this page has been signed in for too long", "open it anew", _CHALLENGE
            )
        if Means.TICKET in given:
            remedy = "reload the page that shows this desktop"
            return self._wrong(conn, "the ticket is wrong, too old or used up", remedy)
        return self._wrong(conn, "the token is wrong", _REMEDY)

    def _forgive(self, conn: HTTPConnection, role: Role) -> None:
        if role is Role.CONTROL:
            # Whoever may only watch must not clear the way for guesses at the other token.
            self._lockout.succeeded(client_address(conn.scope))

    def _wrong(self, conn: HTTPConnection, error: str, remedy: str) -> WrongToken:
        """Count a wrong secret. Only now the lock is asked for: a right one passes it."""
        address, peer = client_address(conn.scope), peer_address(conn.scope)
        locked = math.ceil(max(self._lockout.locked(address), self._peers.locked(peer)))
        if locked:
            return WrongToken(
                429,
                "too many wrong tokens from this address",
                f"wait {locked} seconds, then use the address that desktopd prints",
                {"Retry-After": str(locked)},
            )
        self._lockout.failed(address)
        if peer != address:
            # What is forwarded may be made up, where others than the proxy can reach us from there.
            self._peers.failed(peer)
        if self._news.may_be_told(address):
            log.warning("wrong token from %s", address)
            audit.note(audit.Event.REFUSED, address=address, reason=error)
        return WrongToken(401, error, remedy, _CHALLENGE)


USER_HEADERS = (
    "x-forwarded-preferred-username",
    "x-forwarded-user",
    "remote-name",
    "remote-user",
)
"""How proxies that let users in tell who they are: oauth2-proxy, Authelia and others."""


class OpenAuthenticator:
    """Lets everyone in, with full control: what stands in front of us has done so already."""

    async def access(
        self, conn: HTTPConnection, query: bytes | None = None, ticket: bytes | None = None
    ) -> Access:
        """Control, with the name that the proxy tells."""
        names = (conn.headers.get(header, "") for header in USER_HEADERS)
        return Access(Role.CONTROL, Means.OPEN, name=next((name for name in names if name), ""))

    def enter(self, conn: HTTPConnection, token: bytes, location: str) -> Response:
        """On to `location`, whatever the token."""
        return RedirectResponse(location, 303)


def _lasts(grant: Grant) -> bool:
    return steady_time() < grant.until

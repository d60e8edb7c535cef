"""Gives access to whoever has one of our tokens, as a bearer, in the address or in a cookie."""

from __future__ import annotations

import logging
import math

from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse, Response

from desktopd.http.access.access import Access, Means, bearer
from desktopd.http.access.tokens import Tokens, cookie_header
from desktopd.http.problems import Problem, WrongToken
from desktopd.http.serving.proxy import client_address, is_https
from desktopd.lockout import Lockout
from desktopd.rfb.viewers.viewer import Role

log = logging.getLogger(__name__)

_CHALLENGE = {"WWW-Authenticate": "Bearer"}


class TokenAuthenticator:
    """Tells the role of a request by its tokens; without `tokens` everyone has control."""

    def __init__(
        self, tokens: Tokens | None, lockout: Lockout, base: str, *, secure: bool, embedded: bool
    ) -> None:
        self._tokens = tokens
        self._lockout = lockout
        self._base = base
        self._secure = secure
        self._embedded = embedded

    async def access(self, conn: HTTPConnection, query: bytes | None = None) -> Access:
        """The access of a request that may carry a token in its `query`.

        Raises Problem 401 or 429.
        """
        if self._tokens is None:
            return Access(Role.CONTROL, Means.OPEN)
        presented = {Means.BEARER: bearer(conn), Means.QUERY: query}
        for means, token in presented.items():
            if token is not None and (role := self._tokens.role(token)):
                self._lockout.succeeded(client_address(conn.scope))
                return Access(role, means)
        if role := self._cookie_role(conn):
            return Access(role, Means.COOKIE)
        if any(token is not None for token in presented.values()):
            raise self._wrong(conn)
        raise Problem(
            401, "this desktop needs a token", "open the address that desktopd prints", _CHALLENGE
        )

    def enter(self, conn: HTTPConnection, token: bytes, location: str) -> Response:
        """Exchange a token for a cookie on the way to `location`; raises Problem 401 or 429.

        A wrong token does no harm to whoever has a valid cookie.
        """
        response = RedirectResponse(location, 303)
        if self._tokens is not None:
            role = self._tokens.role(token)
            if role is not None:
                self._lockout.succeeded(client_address(conn.scope))
                response.headers.append("set-cookie", self._cookie(conn, self._tokens, role))
            elif self._cookie_role(conn) is None:
                raise self._wrong(conn)
        return response

    def _cookie(self, conn: HTTPConnection, tokens: Tokens, role: Role) -> str:
        return cookie_header(
            tokens.cookie_name,
            tokens.cookie_value(role),
            self._base,
            secure=self._secure or is_https(conn.scope),
            embedded=self._embedded,
        )

    def _cookie_role(self, conn: HTTPConnection) -> Role | None:
        assert self._tokens is not None
        value = conn.cookies.get(self._tokens.cookie_name)
        return None if value is None else self._tokens.cookie_role(value)

    def _wrong(self, conn: HTTPConnection) -> WrongToken:
        """Count a wrong token. Only now the lock is asked for: a right one passes it."""
        address = client_address(conn.scope)
        locked = math.ceil(self._lockout.locked(address))
        if locked:
            return WrongToken(
                429,
                "too many wrong tokens from this address",
                f"wait {locked} seconds, then use the address that desktopd prints",
                {"Retry-After": str(locked)},
            )
        self._lockout.failed(address)
        log.warning("wrong token from %s", address)
        return WrongToken(
            401, "the token is wrong", "use the one in the address that desktopd prints", _CHALLENGE
        )

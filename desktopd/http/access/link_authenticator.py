"""Gives access to whoever comes by one of the owner's links, beside those who have our token.

Tested by tests/unit/http/api/test_links.py.
"""

from __future__ import annotations

from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse, Response

from desktopd.http.access.access import Access, Means, bearer
from desktopd.http.access.links import Link, Links
from desktopd.http.access.token_authenticator import TokenAuthenticator
from desktopd.http.access.tokens import cookie_header
from desktopd.http.problems import Problem, WrongToken
from desktopd.http.serving.proxy import is_https
from desktopd.rfb.viewers.viewer import Role


class LinkAuthenticator:
    """Asks `tokens` first: an owner who looks at his own link stays the owner."""

    def __init__(self, tokens: TokenAuthenticator, links: Links) -> None:
        self._tokens = tokens
        self._links = links
        self._cookie = f"{tokens.cookie_name}-link"

    async def access(
        self, conn: HTTPConnection, query: bytes | None = None, ticket: bytes | None = None
    ) -> Access:
        """The access of a request; raises Problem 401 or 429."""
        for means, secret in ((Means.BEARER, bearer(conn)), (Means.QUERY, query)):
            if secret is not None and (link := self._links.find(secret)):
                return _access(link, means)
        kept = conn.cookies.get(self._cookie, "").encode("latin-1", "replace")
        link = self._links.find(kept)
        try:
            access = await self._tokens.access(conn, query, ticket)
        except Problem as problem:
            if link is not None:
                return _access(link, Means.COOKIE)
            if kept and not isinstance(problem, WrongToken):
                remedy = "ask whoever sent it for another"
                raise WrongToken(401, "this link is not valid any more", remedy) from None
            raise
        by_link = link is not None and link.role is Role.CONTROL and access.role is Role.VIEW
        return _access(link, Means.COOKIE) if link and by_link else access

    def enter(self, conn: HTTPConnection, token: bytes, location: str) -> Response:
        """Exchange a token or a link's token for a cookie; raises Problem 401 or 429."""
        if self._links.find(token) is None:
            return self._tokens.enter(conn, token, location)
        response = RedirectResponse(location, 303)
        response.headers.append("set-cookie", self._header(conn, token.decode("ascii")))
        return response

    def log_out(self, conn: HTTPConnection, response: Response) -> None:
        """Have the browser forget every cookie that opens this desktop."""
        self._tokens.log_out(conn, response)
        response.headers.append("set-cookie", self._header(conn, "") + "; Max-Age=0")

    def _header(self, conn: HTTPConnection, value: str) -> str:
        tokens = self._tokens
        secure, embedded = is_https(conn.scope), tokens.embedded
        return cookie_header(self._cookie, value, tokens.base, secure=secure, embedded=embedded)


def _access(link: Link, means: Means) -> Access:
    return Access(link.role, means, link.until, link.id)

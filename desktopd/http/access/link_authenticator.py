"""Gives access to whoever comes by one of the owner's links, beside those who have our token.

Tested by tests/unit/http/api/test_links.py.
"""

from __future__ import annotations

from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse, Response

from desktopd.http.access.access import Access, Means, bearer
from desktopd.http.access.cookies import cookies_of
from desktopd.http.access.links import Link, Links
from desktopd.http.access.page_role import page_role, with_role
from desktopd.http.access.sign_ins import SignIns
from desktopd.http.access.token_authenticator import TokenAuthenticator
from desktopd.http.access.tokens import cookie_header
from desktopd.http.problems import Outdated, Problem, WrongToken
from desktopd.http.serving.proxy import is_https
from desktopd.rfb.viewers.viewer import Role


class LinkAuthenticator:
    """Asks `tokens` as well. Each link has a cookie of its own, beside those of the tokens."""

    def __init__(self, tokens: TokenAuthenticator, links: Links, sign_ins: SignIns) -> None:
        self._tokens = tokens
        self._sign_ins = sign_ins
        self._links = links
        self._prefix = f"{tokens.cookie_name}-link-"

    async def access(
        self, conn: HTTPConnection, query: bytes | None = None, ticket: bytes | None = None
    ) -> Access:
        """The access of a request; raises Problem 401 or 429."""
        for means, secret in ((Means.BEARER, bearer(conn)), (Means.QUERY, query)):
            if secret is not None and (link := self._links.find(secret)):
                return _access(link, means)
        kept = self._kept(conn)
        try:
            return await self._tokens.access(conn, query, ticket)
        except Problem as problem:
            valid = [link for link in kept.values() if link is not None]
            if valid:
                strongest = min(valid, key=lambda link: link.role is not Role.CONTROL)
                return _access(strongest, Means.COOKIE)
            if kept and not isinstance(problem, WrongToken):
                remedy = "ask whoever sent it for another"
                raise Outdated(401, "this link is not valid any more", remedy) from None
            raise

    def enter(self, conn: HTTPConnection, token: bytes, location: str) -> Response:
        """Exchange a token or a link's token for a cookie; raises Problem 401 or 429."""
        link = self._links.find(token)
        if link is None:
            return self._tokens.enter(conn, token, location)
        response = RedirectResponse(with_role(location, link.id), 303)
        for name, other in self._kept(conn, of_all=True).items():
            if other is None:
                self._forget(conn, response, name)
        value = self._header(conn, self._prefix + link.id, token.decode("ascii"))
        response.headers.append("set-cookie", value)
        self._sign_ins.entered(conn, _access(link, Means.COOKIE))
        return response

    def log_out(self, conn: HTTPConnection, response: Response) -> None:
        """Have the browser forget the cookie by which the request has come."""
        link = Access.of(conn).link
        if link is None:
            self._tokens.log_out(conn, response)
        else:
            self._forget(conn, response, self._prefix + link)

    def _kept(self, conn: HTTPConnection, *, of_all: bool = False) -> dict[str, Link | None]:
        """The links of the browser's cookies, by their names; None for one that is over.

        They are those that count for the page, or `of_all` pages.
        """
        asked = None if of_all else page_role(conn)
        return {
            name: self._links.find(value.encode("latin-1", "replace"))
            for name, value in cookies_of(conn).items()
            if name.startswith(self._prefix) and asked in (None, name.removeprefix(self._prefix))
        }

    def _forget(self, conn: HTTPConnection, response: Response, name: str) -> None:
        response.headers.append("set-cookie", self._header(conn, name, "") + "; Max-Age=0")

    def _header(self, conn: HTTPConnection, name: str, value: str) -> str:
        tokens = self._tokens
        secure, embedded = is_https(conn.scope), tokens.embedded
        return cookie_header(name, value, tokens.base, secure=secure, embedded=embedded)


def _access(link: Link, means: Means) -> Access:
    return Access(link.role, means, link.until, link.id)

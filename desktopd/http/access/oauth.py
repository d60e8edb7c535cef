"""Login at an OAuth 2.0 provider that stands in front of us, such as JupyterHub.

RFC 6749 section 4.1, with the proof key of RFC 7636.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Protocol, TypeVar
from urllib.parse import quote, unquote

from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response

from desktopd.budgets import Displaced, Share
from desktopd.http.access.access import Access, Means, bearer
from desktopd.http.access.cookies import cookies_of
from desktopd.http.access.sign_ins import SignIns
from desktopd.http.access.tokens import cookie_header
from desktopd.http.problems import Problem, problem_response
from desktopd.http.remembered import Remembered
from desktopd.http.serving.prefix import path_below
from desktopd.http.serving.proxy import client_address, is_https
from desktopd.rfb.viewers.viewer import Role

CALLBACK = "/oauth_callback"
LOGIN_SECONDS = 600
_T = TypeVar("_T")
_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]{1,512}")


class Provider(Protocol):
    """The other side. Each of its coroutines raises Problem when the provider fails.

    `cookie`: name of the cookie for its access token, our own on this host. `session_cookie`: name
    of the provider's cookie that changes when its user logs out. `secure`: the user's browser
    reaches us by https.
    """

    cookie: str
    session_cookie: str
    secure: bool

    def login_url(self, state: str, challenge: str) -> str:
        """The address where a user logs in; `challenge` is of the method S256."""

    async def exchange(self, code: str, verifier: str) -> str:
        """The access token for an authorization code."""

    def remembers(self, token: str, session: str) -> bool | None:
        """What was answered lately; None where `admits` has to be asked."""

    async def admits(self, token: str, session: str, *, known: bool = False) -> bool | None:
        """Whether the user of `token` may use this desktop; None for a token that is not valid.

        Who is `known`, as the token has let somebody in before, waits for no strangers.
        """

    async def over(self, token: str, session: str) -> None:
        """Return once the user of `token`, who was let in, may not use this desktop any more."""

    def name(self, token: str, session: str) -> str:
        """What the provider calls the user whom `admits` has just let in; empty where unknown."""


class OAuthAuthenticator:
    """Gives control to whom `provider` admits, by cookie or bearer token, below the path `base`.

    `embedded`: pages of other sites may embed us. `allowed` turns the page that was asked for
    into one that may be gone to after the login. Questions to the provider have a place of
    `lookups` each.
    """

    def __init__(
        self,
        provider: Provider,
        base: str,
        allowed: Callable[[str], str],
        lookups: Share,
        sign_ins: SignIns,
        *,
        embedded: bool,
    ) -> None:
        self._provider = provider
        self._base = base
        self._allowed = allowed
        self._lookups = lookups
        self._sign_ins = sign_ins
        self._let_in = Remembered()
        self._secure = provider.secure
        self._embedded = embedded

    async def access(
        self, conn: HTTPConnection, query: bytes | None = None, ticket: bytes | None = None
    ) -> Access:
        """Control, or Problem 401, 403, or what the provider raises. An address opens nothing."""
        presented = bearer(conn)
        if presented is not None:
            means, token = Means.BEARER, presented.decode("latin-1")
        else:
            means, token = Means.COOKIE, cookies_of(conn).get(self._provider.cookie, "")
        if _TOKEN.fullmatch(token) and await self._admitted(conn, token):
            session = self._session(conn)
            name, over = self._provider.name(token, session), self._provider.over
            return Access(Role.CONTROL, means, name=name, over=partial(over, token, session))
        raise Problem(
            401,
            "this desktop needs a login",
            "open its address in a browser, or send a token as Authorization: Bearer",
            {"WWW-Authenticate": "Bearer"},
        )

    async def _admitted(self, conn: HTTPConnection, token: str) -> bool:
        """Whether the token is valid; Problem 403 when it is that of somebody else."""
        session, secret = self._session(conn), token.encode()
        admitted = self._provider.remembers(token, session)
        if admitted is None:
            known = self._let_in.who(secret) is not None
            question = self._provider.admits(token, session, known=known)
            admitted = await self._look_up(conn, question, known=known)
            self._let_in.note(secret, "somebody" if admitted else None)
        if admitted is False:
            raise Problem(
                403,
                "this desktop belongs to somebody else",
                "open your own, or ask its owner or an administrator for access",
            )
        return admitted is True

    def _session(self, conn: HTTPConnection) -> str:
        return cookies_of(conn).get(self._provider.session_cookie, "")

    async def _look_up(
        self, conn: HTTPConnection, question: Coroutine[None, None, _T], *, known: bool = False
    ) -> _T:
        """What the provider answers; Problem 503 where others ask too much meanwhile.

        Whoever is `known` goes before all others.
        """
        try:
            async with self._lookups.place(client_address(conn.scope), owner=known):
                return await question
        except Displaced as displaced:
            remedy = "try again in a moment"
            raise Problem(503, str(displaced), remedy, {"Retry-After": "1"}) from None
        finally:
            question.close()

    def ask(self, conn: HTTPConnection, problem: Problem) -> Response:
        """Send a person to the provider, and remember the page that he wanted."""
        if problem.status_code != 401:
            return problem_response(conn, problem)
        state, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(48)
        digest = hashlib.sha256(verifier.encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        response = RedirectResponse(self._provider.login_url(state, challenge), 303)
        after = f"{path_below(conn.scope)[1:]}?{conn.scope['query_string'].decode('latin-1')}"
        value = f"{state}.{verifier}.{quote(self._allowed(after), safe='')}"
        self._set(conn, response, self._state_cookie(state), value, LOGIN_SECONDS)
        return response

    async def callback(self, request: Request) -> Response:
        """GET ``/oauth_callback``: exchange the code for a token, which becomes the cookie."""
        given = request.query_params
        if "error" in given:
            detail = given.get("error_description") or given["error"]
            remedy = f"open the desktop once more; the provider says: {detail[:200]}"
            raise Problem(403, "the login failed at the provider", remedy)
        state = given.get("state", "")
        name = self._state_cookie(state)
        kept, _, rest = cookies_of(request).get(name, "").partition(".")
        verifier, _, after = rest.partition(".")
        if not kept or not hmac.compare_digest(kept.encode(), state.encode(errors="replace")):
            raise Problem(
                403,
                "this login was not begun in this browser, or more than ten minutes ago",
                "open the desktop once more",
            )
        code = given.get("code", "")
        token = await self._look_up(request, self._provider.exchange(code, verifier))
        if not _TOKEN.fullmatch(token) or not await self._admitted(request, token):
            raise Problem(403, "the login gave no valid token", "open the desktop once more")
        response = RedirectResponse(f"./{self._allowed(unquote(after))}", 303)
        self._set(request, response, self._provider.cookie, token)
        self._set(request, response, name, "", 0)
        user = self._provider.name(token, self._session(request))
        self._sign_ins.entered(request, Access(Role.CONTROL, Means.COOKIE, name=user))
        return response

    def _state_cookie(self, state: str) -> str:
        """One for each login, so that two tabs can log in at once."""
        return f"{self._provider.cookie}-state-{re.sub('[^A-Za-z0-9_-]', '', state)[:8]}"

    def _set(
        self,
        conn: HTTPConnection,
        response: Response,
        name: str,
        value: str,
        seconds: int | None = None,
    ) -> None:
        secure = self._secure or is_https(conn.scope)
        header = cookie_header(name, value, self._base, secure=secure, embedded=self._embedded)
        if seconds is not None:
            header += f"; Max-Age={seconds}"
        response.headers.append("set-cookie", header)

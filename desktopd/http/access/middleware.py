"""Who may do what: default deny, for HTTP and WebSocket alike, in one middleware."""

from __future__ import annotations

import logging
from collections.abc import Callable
from urllib.parse import parse_qsl, quote, unquote_plus

from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from desktopd.http.access.access import Access, Means, RequestAuthenticator
from desktopd.http.access.origin import OriginPolicy
from desktopd.http.access.refusal_log import RefusalLog
from desktopd.http.access.sign_ins import SignIns
from desktopd.http.access.visitor import SAFE_METHODS, acts, check_acts
from desktopd.http.problems import Problem, note_refusals_by, problem_response, wants_html
from desktopd.http.serving.prefix import path_below, stripped
from desktopd.http.serving.proxy import is_https, received_host
from desktopd.http.serving.request_connection import let_in, was_let_in
from desktopd.rfb.viewers.people import People
from desktopd.rfb.viewers.viewer import Role

log = logging.getLogger(__name__)

Enter = Callable[[HTTPConnection, bytes, str], Response]
"""Exchanges a token for a cookie on the way to a location; raises Problem."""
Ask = Callable[[HTTPConnection, Problem], Response]
"""What a person gets who has no access yet."""

PUBLIC_FOLDER = "/assets/"
"""What every page consists of: frames without cookies load it, and it tells of no desktop."""
FOR_WATCHERS = frozenset({"/api/tickets", "/api/logout"})
"""What may be written by whoever may only watch."""


class AuthMiddleware:
    """Lets through what `authenticator` and `origins` allow, and the paths in `public`.

    Tickets and tokens in an address count for GET. Without `enter` the ``token`` in a page's URL
    means nothing. With `query_is_target` the one in a WebSocket's URL names a target and opens
    nothing. What acts on the desktop is for those of `people` who may. `sign_ins` hear who comes,
    and the endpoints tell what they refuse to the same log of refusals.
    """

    def __init__(
        self,
        app: ASGIApp,
        authenticator: RequestAuthenticator,
        origins: OriginPolicy,
        public: frozenset[str],
        ask: Ask,
        enter: Enter | None,
        people: People,
        sign_ins: SignIns,
        *,
        query_is_target: bool,
    ) -> None:
        self._app = app
        self._people = people
        self._sign_ins = sign_ins
        self._authenticator = authenticator
        self._origins = origins
        self._public = public
        self._ask = ask
        self._enter = enter
        self._query_is_target = query_is_target
        self._refusals = RefusalLog()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request, or hand it on with its Access in ``scope["auth"]``."""
        response = None
        if scope["type"] in ("http", "websocket"):
            conn = HTTPConnection(scope)
            try:
                response = await self._answer(conn)
            except Problem as problem:
                self._refusals.note(conn, problem)
                response = self._refusal(conn, problem)
                if problem.status_code == 401 and scope["type"] == "http" and was_let_in(scope):
                    # Whoever comes anew has a place as strangers have.
                    response.headers["connection"] = "close"
            if response is None:
                note_refusals_by(conn, self._refusals.note)
        await (response or self._app)(scope, receive, send)

    async def _answer(self, conn: HTTPConnection) -> Response | None:
        """The response when it is known already; None lets the request through."""
        scope, path = conn.scope, path_below(conn.scope)
        websocket = scope["type"] == "websocket"
        unsafe = not websocket and scope["method"] not in SAFE_METHODS
        if (path in self._public or path.startswith(PUBLIC_FOLDER)) and not websocket:
            if unsafe:
                self._check_origin(conn, Means.OPEN)
            return None
        if not self._origins.allows_host(conn.headers.get("host", ""), received_host(scope)):
            raise Problem(421, "unknown Host", "use the desktop's own name, or set allowed_hosts")
        token = _query_value(scope["query_string"], "token")
        if not websocket and not unsafe:
            if path == "" or (path == "/" and stripped(scope)):
                return self._add_slash(conn, token)
            if token is not None and self._enter is not None:
                return self._enter(conn, token, _clean_url(scope))
        scoped = token if websocket and not self._query_is_target else None
        ticket = None if websocket or unsafe else _query_value(scope["query_string"], "ticket")
        access = await self._authenticator.access(conn, scoped, ticket)
        scope["auth"] = access
        if websocket or unsafe:
            self._check_origin(conn, access.means)
        if unsafe:
            _check_write(conn, access, path)
        self._sign_ins.came(conn, access)
        if access.role is Role.CONTROL:
            let_in(scope, _shown(conn, access.means), access.who)
        if acts(scope):
            check_acts(conn, self._people)
        return None

    def _add_slash(self, conn: HTTPConnection, token: bytes | None) -> Response:
        """From the prefix without its slash, where relative links fail, to the one with it.

        Where a proxy has taken the prefix off, nobody knows which one it was: to the page's name.
        """
        location = _clean_url(conn.scope)
        try:
            if token is not None and self._enter is not None:
                return self._enter(conn, token, location)
        except Problem as problem:
            log.debug("redirecting without the token: %s", problem.detail)
        return RedirectResponse(location, 303)

    def _refusal(self, conn: HTTPConnection, problem: Problem) -> Response:
        if problem.status_code in (401, 429) and wants_html(conn):
            return self._ask(conn, problem)
        if problem.status_code == 401 and conn.scope["type"] == "websocket":
            problem = Problem(403, problem.detail, problem.remedy)
        return problem_response(conn, problem)

    def _check_origin(self, conn: HTTPConnection, means: Means) -> None:
        origins = conn.headers.getlist("origin")
        host = conn.headers.get("host", "")
        https = is_https(conn.scope)
        if not all(self._origins.allows_origin(o, host, https=https) for o in origins):
            raise Problem(
                403,
                "pages of another origin may not use this desktop",
                "open it at its own address, or add the origin to allow_origin",
            )
        if not origins and means is Means.COOKIE:
            raise Problem(
                403,
                "the request has a cookie but no Origin header",
                "outside of a browser send the token as Authorization: Bearer",
            )


def _shown(conn: HTTPConnection, means: Means) -> bytes | None:
    """The value of the header by which somebody was let in; None where it was no such header."""
    name = {Means.COOKIE: "cookie", Means.BEARER: "authorization"}.get(means)
    value = None if name is None else conn.headers.get(name)
    return None if value is None else value.encode("latin-1")


def _check_write(conn: HTTPConnection, access: Access, path: str) -> None:
    # A page of another origin cannot set this header without our consent (a CORS preflight).
    if access.means is not Means.BEARER and conn.headers.get("x-desktopd") != "1":
        raise Problem(403, "the X-Desktopd header is missing", "send X-Desktopd: 1")
    if access.role is Role.VIEW and path not in FOR_WATCHERS:
        raise Problem(403, "this token may only watch", "use the token for control")


def _query_value(query: bytes, wanted: str) -> bytes | None:
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True, encoding="latin-1")
    return next((value.encode("latin-1") for name, value in pairs if name == wanted), None)


def _clean_url(scope: Scope) -> str:
    """The URL of the request without its token, relative, so that it cannot leave this origin."""
    segment = quote(scope["path"].rpartition("/")[2]) + ("/" if path_below(scope) == "" else "")
    prefix = stripped(scope) if path_below(scope) == "/" else ""
    page = f"{prefix}/vnc.html" if prefix else f"./{segment}"
    query = scope["query_string"]
    kept = [p for p in query.split(b"&") if p and unquote_plus(_name(p)) != "token"]
    return page + ("?" + quote(b"&".join(kept), safe="%&=+/?:@!$'()*,;~") if kept else "")


def _name(pair: bytes) -> str:
    return pair.partition(b"=")[0].decode("latin-1")

"""The HTTP application: its routes as one table, and what stands in front of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute

from desktopd.applications.application import Application
from desktopd.applications.errors import ApplicationError
from desktopd.http.access.authenticator import RequestAuthenticator, TokenAuthenticator
from desktopd.http.access.login import Login, LoginPage
from desktopd.http.access.middleware import Ask, AuthMiddleware, Enter
from desktopd.http.access.oauth import CALLBACK, OAuthAuthenticator
from desktopd.http.access.origin import OriginPolicy
from desktopd.http.access.throttle import Throttle
from desktopd.http.access.tokens import Tokens
from desktopd.http.api.api import Api, healthy
from desktopd.http.api.application import application_routes, on_application_error
from desktopd.http.api.events import Events
from desktopd.http.api.metrics import Metrics
from desktopd.http.api.session import ServedSession, session_json
from desktopd.http.api.websockify import Rfb, RfbServer
from desktopd.http.options import HttpOptions
from desktopd.http.pages import Pages
from desktopd.http.problems import Problem, problem_response
from desktopd.http.serving.headers import SecurityHeaders, SecurityHeadersMiddleware
from desktopd.http.serving.prefix import PrefixMiddleware, base_path
from desktopd.http.serving.proxy import ForwardedMiddleware
from desktopd.rfb.viewers.viewer import Viewers
from desktopd.session.errors import SessionNotReady
from desktopd.x11.errors import XError

PUBLIC = frozenset({"/healthz", "/readyz", "/login", "/favicon.ico"})
"""The only paths that need no token, for HTTP; no WebSocket is public."""
PUBLIC_WITH_OAUTH = PUBLIC - {"/login"} | {CALLBACK}


@dataclass(frozen=True, slots=True)
class Entrance:
    """One way to let users in: what tells them, and the login."""

    authenticator: RequestAuthenticator
    public: frozenset[str]
    routes: tuple[Route, ...]
    ask: Ask
    enter: Enter | None


def create_app(
    options: HttpOptions,
    session: ServedSession,
    application: Application,
    viewers: Viewers | None = None,
    native: RfbServer | None = None,
) -> Starlette:
    """What serves `session` and its `application`; `viewers` is filled with those who watch.

    `native` is the RFB server of this process, where the session has none of its own.

    Raises ValueError that names the option which cannot be used.
    """
    viewers = Viewers() if viewers is None else viewers
    base = base_path(options.base_url)
    security = SecurityHeaders(options.frame_ancestors)
    entrance = _entrance(options, base, embedded=security.embeddable)
    app = Starlette(
        routes=[*entrance.routes, *_routes(options, session, application, viewers, native)],
        middleware=[
            Middleware(SecurityHeadersMiddleware, security),
            Middleware(ForwardedMiddleware, options.trusted_proxies),
            Middleware(PrefixMiddleware, base),
            Middleware(
                AuthMiddleware,
                entrance.authenticator,
                OriginPolicy(options.allow_origin, options.allowed_hosts),
                entrance.public,
                entrance.ask,
                entrance.enter,
                query_is_target=options.targets is not None,
            ),
        ],
        exception_handlers={
            HTTPException: _on_http_error,
            SessionNotReady: _on_not_ready,
            ApplicationError: on_application_error,
            XError: _on_not_ready,
            Exception: partial(_on_bug, security),
        },
    )
    # Starlette would build an absolute URL from the Host header, which a client can choose.
    app.router.redirect_slashes = False
    # Now, not at the first request, so that a bad option is an error of this call.
    app.middleware_stack = app.build_middleware_stack()
    return app


def _entrance(options: HttpOptions, base: str, *, embedded: bool) -> Entrance:
    page = LoginPage(names_target=options.targets is not None)
    secure = options.cookie_secure
    if options.provider is not None:
        oauth = OAuthAuthenticator(
            options.provider, base, page.allowed, secure=secure, embedded=embedded
        )
        routes: tuple[Route, ...] = (Route(CALLBACK, oauth.callback),)
        return Entrance(oauth, PUBLIC_WITH_OAUTH, routes, oauth.ask, None)
    tokens = Tokens(options.token, options.view_token) if options.auth == "token" else None
    authenticator = TokenAuthenticator(tokens, Throttle(), base, secure=secure, embedded=embedded)
    login = Login(authenticator, page)
    routes = (Route("/login", login.show), Route("/login", login.submit, methods=["POST"]))
    return Entrance(
        authenticator, PUBLIC, routes, page.response, authenticator.enter if tokens else None
    )


def _routes(
    options: HttpOptions,
    session: ServedSession,
    application: Application,
    viewers: Viewers,
    native: RfbServer | None,
) -> list[BaseRoute]:
    describe = partial(session_json, session, application, viewers, options.version)
    metrics = Metrics(session, viewers)
    api, pages = Api(session, describe), Pages(options.static)
    rfb = Rfb(session, viewers, metrics, options.targets, native)
    return [
        Route("/healthz", healthy),
        Route("/readyz", api.ready),
        Route("/metrics", metrics.scrape),
        Route("/api/session", api.session),
        Route("/api/display", api.resize, methods=["PUT"]),
        Route("/api/clipboard", api.clipboard),
        Route("/api/clipboard", api.set_clipboard, methods=["PUT"]),
        Route("/api/screenshot", api.screenshot),
        *application_routes(session, application),
        WebSocketRoute("/api/events", Events(session, application, viewers, describe).connect),
        WebSocketRoute("/websockify", rfb.connect),
        WebSocketRoute("/ws", rfb.connect),
        WebSocketRoute("/ws/", rfb.connect),
        Route("/", pages.index),
        Route("/vnc.html", pages.index),
        Route("/vnc_lite.html", pages.index),
        Route("/assets/{path:path}", pages.file),
        Route("/{name}", pages.file),
    ]


async def _on_http_error(conn: HTTPConnection, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return problem_response(conn, Problem.of(error))


async def _on_not_ready(conn: HTTPConnection, error: Exception) -> Response:
    problem = Problem(503, str(error), "try again in a second", {"Retry-After": "1"})
    return problem_response(conn, problem)


async def _on_bug(security: SecurityHeaders, conn: HTTPConnection, error: Exception) -> Response:
    """The server logs the traceback; this response is made outside of the middleware."""
    response = problem_response(conn, Problem(500, "internal error", "see the log of desktopd"))
    security.apply(response.headers)
    return response

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
from desktopd.budgets import Budget
from desktopd.errors import DisplayUnavailable
from desktopd.files.errors import FilesError
from desktopd.http.access.access import Access, RequestAuthenticator
from desktopd.http.access.acting import ActingMiddleware
from desktopd.http.access.budgeted import Budgeted
from desktopd.http.access.departures import DepartingMiddleware, Departures
from desktopd.http.access.frame_ancestors import FrameAncestors
from desktopd.http.access.link_authenticator import LinkAuthenticator
from desktopd.http.access.links import Links
from desktopd.http.access.login import Login, LoginPage
from desktopd.http.access.middleware import Ask, AuthMiddleware, Enter
from desktopd.http.access.oauth import CALLBACK, OAuthAuthenticator
from desktopd.http.access.origin import OriginPolicy
from desktopd.http.access.sign_ins import SignIns
from desktopd.http.access.tickets import Tickets
from desktopd.http.access.token_authenticator import OpenAuthenticator, TokenAuthenticator
from desktopd.http.access.tokens import Tokens
from desktopd.http.api.application import application_routes, on_application_error
from desktopd.http.api.clipboard import ClipboardEndpoint
from desktopd.http.api.display import DisplayEndpoint
from desktopd.http.api.drop import DropEndpoint
from desktopd.http.api.embedding import EmbeddingEndpoint
from desktopd.http.api.events import Events
from desktopd.http.api.file_access import problem_of
from desktopd.http.api.file_routes import file_routes
from desktopd.http.api.health import HealthEndpoint
from desktopd.http.api.links import link_routes
from desktopd.http.api.logout import LogOut, LogoutEndpoint
from desktopd.http.api.metrics import Metrics
from desktopd.http.api.people import people_routes
from desktopd.http.api.screenshot import ScreenshotEndpoint
from desktopd.http.api.served_session import ServedSession
from desktopd.http.api.session import SessionEndpoint
from desktopd.http.api.tickets import TicketsEndpoint
from desktopd.http.api.trace import trace_routes
from desktopd.http.api.websockify import RfbEndpoint
from desktopd.http.api.windows import window_routes
from desktopd.http.language import LanguageMiddleware
from desktopd.http.options import HttpOptions
from desktopd.http.pages import EMBED, HandOver, Pages
from desktopd.http.problems import Problem, problem_response
from desktopd.http.serving.headers import (
    SecurityHeaders,
    SecurityHeadersMiddleware,
    StrictTransport,
)
from desktopd.http.serving.prefix import PrefixMiddleware, base_path
from desktopd.http.serving.proxy import ForwardedMiddleware
from desktopd.http.serving.short_query import ShortQueryMiddleware
from desktopd.lockout import Lockout
from desktopd.rfb.rfb_server import RfbServer
from desktopd.rfb.viewers.people import People
from desktopd.rfb.viewers.viewers import Viewers

PUBLIC = frozenset({"/healthz", "/readyz", "/login", "/favicon.ico", f"/{EMBED}"})
"""What needs no token, beside the middleware's PUBLIC_FOLDER, for HTTP; no WebSocket is public."""
PUBLIC_WITH_OAUTH = PUBLIC - {"/login"} | {CALLBACK}


@dataclass(frozen=True, slots=True)
class Entrance:
    """One way to let users in: what tells them, the login, and tickets where it has them."""

    authenticator: RequestAuthenticator
    public: frozenset[str]
    routes: tuple[Route, ...]
    ask: Ask
    sign_ins: SignIns
    enter: Enter | None = None
    tickets: Tickets | None = None
    hand_over: HandOver | None = None
    links: Links | None = None
    log_out: LogOut | None = None


def create_app(
    options: HttpOptions,
    session: ServedSession,
    application: Application,
    viewers: Viewers,
    server: RfbServer,
) -> Starlette:
    """The application that serves `session` as `server` shows it to the `viewers`.

    Raises ValueError that names the option which cannot be used.
    """
    base = base_path(options.base_url)
    ancestors = FrameAncestors(options.frame_ancestors)
    security = SecurityHeaders(ancestors)
    entrance = _entrance(options, base, embedded=ancestors.foreign)
    departures = Departures(on_departure=viewers.people.depart)
    app = Starlette(
        routes=[
            *_routes(options, session, application, viewers, server, entrance, departures),
            *_page_routes(options, entrance, ancestors),
        ],
        middleware=[
            *_middleware(options, base, security, entrance, viewers.people),
            Middleware(DepartingMiddleware, departures),
            Middleware(ActingMiddleware, viewers.people),
        ],
        exception_handlers={
            HTTPException: _on_http_error,
            DisplayUnavailable: _on_no_display,
            FilesError: _on_files_error,
            ApplicationError: on_application_error,
            Exception: partial(_on_bug, security),
        },
    )
    # Starlette would build an absolute URL from the Host header, which a client can choose.
    app.router.redirect_slashes = False
    # Now, not at the first request, so that a bad option is an error of this call.
    app.middleware_stack = app.build_middleware_stack()
    return app


def _middleware(
    options: HttpOptions, base: str, security: SecurityHeaders, entrance: Entrance, people: People
) -> list[Middleware]:
    """What a request passes, from the outside to the routes."""
    return [
        Middleware(SecurityHeadersMiddleware, security),
        Middleware(ShortQueryMiddleware),
        Middleware(ForwardedMiddleware, options.trusted_proxies),
        *([Middleware(StrictTransport, options.hsts)] if options.hsts else []),
        Middleware(PrefixMiddleware, base),
        Middleware(LanguageMiddleware, options.language),
        Middleware(
            AuthMiddleware,
            entrance.authenticator,
            OriginPolicy(options.allow_origin, options.allowed_hosts),
            entrance.public,
            entrance.ask,
            entrance.enter,
            people,
            entrance.sign_ins,
            query_is_target=options.targets is not None,
        ),
    ]


def _entrance(options: HttpOptions, base: str, *, embedded: bool) -> Entrance:
    page = LoginPage(names_target=options.targets is not None, banner=options.banner)
    sign_ins = SignIns()
    if options.provider is not None:
        lookups = options.budgets[Budget.LOOKUPS]
        oauth = OAuthAuthenticator(
            options.provider, base, page.allowed, lookups, sign_ins, embedded=embedded
        )
        callback = (Route(CALLBACK, oauth.callback),)
        return Entrance(oauth, PUBLIC_WITH_OAUTH, callback, oauth.ask, sign_ins)
    if options.auth == "none":
        everyone = OpenAuthenticator()
        login = _login_routes(Login(everyone, page))
        return Entrance(everyone, PUBLIC, login, page.response, sign_ins)
    secrets = Tokens(options.token, options.view_token)
    tickets = Tickets(secrets.roles)
    tokens = TokenAuthenticator(secrets, tickets, Lockout(), sign_ins, base, embedded=embedded)
    guests = LinkAuthenticator(tokens, options.links, sign_ins)
    return Entrance(
        guests,
        PUBLIC,
        _login_routes(Login(guests, page)),
        page.response,
        sign_ins,
        guests.enter,
        tickets,
        tokens.hand_over,
        options.links,
        guests.log_out,
    )


def _login_routes(login: Login) -> tuple[Route, ...]:
    return Route("/login", login.show), Route("/login", login.submit, methods=["POST"])


def _page_routes(
    options: HttpOptions, entrance: Entrance, ancestors: FrameAncestors
) -> list[BaseRoute]:
    """The client, and how pages are let in and embedded."""
    pages = Pages(options.static, entrance.hand_over, options.language)
    return [
        *entrance.routes,
        Route("/api/tickets", TicketsEndpoint(entrance.tickets).post, methods=["POST"]),
        Route("/api/embedding", EmbeddingEndpoint(ancestors).get),
        Route("/", pages.index),
        Route("/vnc.html", pages.index),
        Route("/vnc_lite.html", pages.index),
        Route(f"/{EMBED}", pages.embed),
        Route("/assets/{path:path}", pages.file),
        Route("/{name}", pages.file),
    ]


def _routes(
    options: HttpOptions,
    session: ServedSession,
    application: Application,
    viewers: Viewers,
    server: RfbServer,
    entrance: Entrance,
    departures: Departures,
) -> list[BaseRoute]:
    files = options.files
    logout = LogoutEndpoint(entrance.log_out, departures)
    described = SessionEndpoint(session, application, server, viewers, options)

    def offers(conn: HTTPConnection) -> dict[str, bool]:
        links = entrance.links is not None and Access.of(conn).owner
        return {"links": links, "logout": logout.offered(conn)}

    events = Events(
        session,
        application,
        viewers,
        described.describe,
        files,
        departures,
        offers,
        options.copies,
    )
    screenshot = ScreenshotEndpoint(session, options.screenshots)
    clipboard, health = ClipboardEndpoint(session, options.copies), HealthEndpoint(session, server)
    rfb = RfbEndpoint(server, viewers, options.targets, departures, options.trace)
    copies, captures, watchers, downloads = (
        [Middleware(Budgeted, options.budgets[budget])]
        for budget in (Budget.COPIES, Budget.CAPTURES, Budget.WATCHERS, Budget.DOWNLOADS)
    )
    return [
        Route("/healthz", health.alive),
        Route("/readyz", health.ready),
        Route("/metrics", Metrics(session, viewers, options.budgets).scrape),
        Route("/api/session", described.get),
        Route("/api/display", DisplayEndpoint(session).put, methods=["PUT"]),
        Route("/api/clipboard", clipboard.get, middleware=copies),
        Route("/api/clipboard", clipboard.put, methods=["PUT"], middleware=copies),
        Route(
            "/api/drop",
            DropEndpoint(session, files, options.copies).post,
            methods=["POST"],
            middleware=copies,
        ),
        Route("/api/screenshot", screenshot.get, middleware=captures),
        Route("/api/logout", logout.post, methods=["POST"]),
        *people_routes(viewers.people),
        *link_routes(entrance.links, departures),
        *trace_routes(options.trace),
        *window_routes(session),
        *application_routes(session, application, options.screenshots, captures),
        *file_routes(files, downloads),
        *(
            WebSocketRoute(path, endpoint, middleware=watchers)
            for path, endpoint in (
                ("/api/events", events.connect),
                *((path, rfb.connect) for path in ("/websockify", "/ws", "/ws/")),
            )
        ),
    ]


async def _on_http_error(conn: HTTPConnection, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return problem_response(conn, Problem.of(error))


async def _on_no_display(conn: HTTPConnection, error: Exception) -> Response:
    assert isinstance(error, DisplayUnavailable)
    return problem_response(conn, Problem(503, error.error, error.remedy, {"Retry-After": "1"}))


async def _on_files_error(conn: HTTPConnection, error: Exception) -> Response:
    assert isinstance(error, FilesError)
    return problem_response(conn, problem_of(error))


async def _on_bug(security: SecurityHeaders, conn: HTTPConnection, error: Exception) -> Response:
    """The server logs the traceback; this response is made outside of the middleware."""
    response = problem_response(conn, Problem(500, "internal error", "see the log of desktopd"))
    security.apply(response.headers)
    return response

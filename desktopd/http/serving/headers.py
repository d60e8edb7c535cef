"""Security headers on every response."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from desktopd.http.access.frame_ancestors import FrameAncestors
from desktopd.http.markup import STYLE_SOURCE

_STARTS = ("http.response.start", "websocket.http.response.start")


class SecurityHeaders:
    """The headers for one choice of pages that may embed us (CSP ``frame-ancestors``).

    There is no X-Frame-Options: it cannot name other origins, and where both are present
    frame-ancestors wins anyway.
    """

    def __init__(self, ancestors: FrameAncestors) -> None:
        self._policy = (
            "default-src 'self'; img-src 'self' data: blob:; connect-src 'self' ws: wss:; "
            f"style-src 'self' {STYLE_SOURCE}; script-src 'self' 'wasm-unsafe-eval'; "
            "object-src 'none'; "
            f"frame-ancestors {ancestors}; base-uri 'none'; form-action 'self'"
        )

    def apply(self, headers: MutableHeaders) -> None:
        """Add what the response has not set itself."""
        headers.setdefault("content-security-policy", self._policy)
        headers.setdefault("cache-control", "no-store")
        headers.setdefault("referrer-policy", "no-referrer")
        headers.setdefault("cross-origin-resource-policy", "same-origin")
        headers["x-content-type-options"] = "nosniff"


class SecurityHeadersMiddleware:
    """Puts `security` on HTTP responses and refused WebSockets."""

    def __init__(self, app: ASGIApp, security: SecurityHeaders) -> None:
        self._app = app
        self._security = security

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on and complete the headers of its response."""

        async def send_secured(message: Message) -> None:
            if message["type"] in _STARTS:
                self._security.apply(MutableHeaders(scope=message))
            await send(message)

        await self._app(scope, receive, send_secured)


class StrictTransport:
    """Tells browsers that came by https to come by that alone, for `seconds` (RFC 6797)."""

    def __init__(self, app: ASGIApp, seconds: int) -> None:
        self._app = app
        self._value = f"max-age={seconds}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on; its response says so if it came by https, to us or to a proxy."""

        async def send_told(message: Message) -> None:
            if message["type"] in _STARTS:
                MutableHeaders(scope=message)["strict-transport-security"] = self._value
            await send(message)

        # By http it would mean nothing (section 7.2).
        secure = scope.get("scheme") in ("https", "wss")
        await self._app(scope, receive, send_told if secure else send)

"""Security headers on every response."""

from __future__ import annotations

import re
from collections.abc import Iterable

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from desktopd.http.markup import STYLE_SOURCE

_KEYWORDS = {"self": "'self'", "none": "'none'", "'self'": "'self'", "'none'": "'none'"}
_STARTS = ("http.response.start", "websocket.http.response.start")


class SecurityHeaders:
    """The headers for one choice of pages that may embed us (CSP ``frame-ancestors``).

    There is no X-Frame-Options: it cannot name other origins, and where both are present
    frame-ancestors wins anyway. Raises ValueError for a source that is not one.
    """

    def __init__(self, frame_ancestors: Iterable[str]) -> None:
        self._ancestors = " ".join(_source(text) for text in frame_ancestors) or "'none'"
        self._policy = (
            "default-src 'self'; img-src 'self' data: blob:; connect-src 'self' ws: wss:; "
            f"style-src 'self' {STYLE_SOURCE}; script-src 'self' 'wasm-unsafe-eval'; "
            "object-src 'none'; "
            f"frame-ancestors {self._ancestors}; base-uri 'none'; form-action 'self'"
        )

    @property
    def embeddable(self) -> bool:
        """Whether pages of other sites may embed us."""
        return self._ancestors not in _KEYWORDS

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


def _source(text: str) -> str:
    if text in _KEYWORDS:
        return _KEYWORDS[text]
    # No quote, comma, semicolon or space can start another source, directive or header.
    if not re.fullmatch(r"(https?:|(https?://)?[A-Za-z0-9*._\[\]:-]+)", text):
        raise ValueError(
            f"frame_ancestors={text!r}: expected 'self', 'none' or https://lms.example.org"
        )
    return text

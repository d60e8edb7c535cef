"""GET and PUT ``/api/clipboard``: UTF-8 text."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from desktopd.http.access.access import Access
from desktopd.http.api.body import read_body
from desktopd.http.api.served_session import ServedSession
from desktopd.http.problems import Problem
from desktopd.limits import CLIPBOARD_LIMIT
from desktopd.rfb.viewers.viewer import Role


class ClipboardEndpoint:
    """The clipboard of the desktop."""

    def __init__(self, session: ServedSession) -> None:
        self._session = session

    async def get(self, request: Request) -> Response:
        """The text that was copied last; Problem 403 for who may only watch."""
        if Access.of(request).role is not Role.CONTROL:
            raise Problem(403, "this token may only watch", "use the token for control")
        # A lone surrogate cannot be told in UTF-8.
        text = self._session.clipboard_text.encode(errors="replace")
        return Response(text, media_type="text/plain")

    async def put(self, request: Request) -> Response:
        """Offer a text of at most 1 MiB to be pasted; Problem 400 or 413."""
        body = await read_body(request, CLIPBOARD_LIMIT)
        try:
            text = body.decode()
        except UnicodeDecodeError as error:
            raise Problem(400, f"the text is not UTF-8: {error.reason}", "send UTF-8") from None
        try:
            await self._session.set_clipboard(text)
        except ValueError as error:
            raise Problem(413, str(error), "copy less text") from None
        return Response(status_code=204)

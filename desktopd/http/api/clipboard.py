"""GET and PUT ``/api/clipboard``: text, HTML and images by their media types, files as a list."""

from __future__ import annotations

import asyncio
from functools import partial

from starlette.requests import Request
from starlette.responses import Response

from desktopd.http.access.access import Access
from desktopd.http.api.body import read_body
from desktopd.http.api.served_session import ServedClipboard, ServedSession
from desktopd.http.problems import Problem
from desktopd.rfb.viewers.viewer import Role
from desktopd.x11.selections import images, uri_list
from desktopd.x11.selections.clipboard import Offer, Superseded
from desktopd.x11.selections.content import Content, ContentLimits, ContentTooLarge

# An image may come over a slow line, in seconds.
BODY_SECONDS = 120.0
TEXT, HTML, FILES = "text/plain", "text/html", "text/uri-list"
TAKEN = (TEXT, HTML, images.PNG, *images.FORMATS)
LIMITS = ContentLimits()
TOO_LARGE = "copy a smaller part, or upload it as a file"


class ClipboardEndpoint:
    """The clipboard of the desktop."""

    def __init__(self, session: ServedSession) -> None:
        self._clipboard = session.clipboard

    async def get(self, request: Request) -> Response:
        """What was copied last, as the first type in Accept in which it can be had.

        Problem 403 for who may only watch, 406 where it can be had in none of them.
        """
        if Access.of(request).role is not Role.CONTROL:
            raise Problem(403, "this token may only watch", "use the token for control")
        offer = self._clipboard.offer
        forms = _forms(offer.content)
        kind = _chosen(request.headers.get("accept") or "*/*", forms)
        if kind is None:
            raise Problem(406, "the clipboard has no such type", f"accept {', '.join(forms)}")
        headers = {**_tag(offer), "Vary": "Accept"}
        if kind == HTML:  # what some program copied shall not run as a page of ours
            headers["Content-Disposition"] = "attachment"
        return Response(forms[kind], media_type=kind, headers=headers)

    async def put(self, request: Request) -> Response:
        """Offer a text, HTML or an image to be pasted; JPEG, TIFF and BMP become PNG.

        Problem 400 for data that are not of their type, 409 when something else was copied
        meanwhile, 413 over the limit, 415 for a type that cannot be copied.
        """
        kind = _media_type(request.headers.get("content-type") or TEXT)
        if kind not in TAKEN:
            raise Problem(415, f"{kind} cannot be copied", f"send one of {', '.join(TAKEN)}")
        serial = self._clipboard.next_serial()
        limit = LIMITS.text if kind == TEXT else LIMITS.other
        body = await read_body(request, limit, seconds=BODY_SECONDS, remedy=TOO_LARGE)
        try:
            content = await asyncio.to_thread(partial(_content, kind, body))
        except ValueError as error:
            raise Problem(400, str(error), f"send {kind}, in UTF-8 where it is text") from None
        return Response(
            status_code=204, headers=_tag(await put_content(self._clipboard, content, serial))
        )


async def put_content(
    clipboard: ServedClipboard, content: Content, serial: int | None = None
) -> Offer:
    """Offer `content` to be pasted; raises Problem 409 and 413."""
    try:
        return await clipboard.put(content, serial)
    except ContentTooLarge as error:
        raise Problem(413, str(error), TOO_LARGE) from None
    except Superseded as error:
        raise Problem(409, str(error), "copy it again") from None


def _forms(content: Content) -> dict[str, bytes]:
    """The content in each type in which it can be had; there is always a text, if an empty one."""
    # A lone surrogate cannot be told in UTF-8.
    forms = {TEXT: (content.plain or "").encode(errors="replace")}
    if content.html is not None:
        forms[HTML] = content.html.encode(errors="replace")
    if content.image is not None:
        forms[images.PNG] = content.image.data
    if content.uris:
        forms[FILES] = uri_list.encode(content.uris)
    return forms


def _content(kind: str, body: bytes) -> Content:
    """What has arrived, which takes seconds for some images; raises ValueError."""
    if kind == TEXT:
        return Content(text=body.decode())
    if kind == HTML:
        return Content(html=body.decode())
    return Content(image=images.to_png(body, kind))


def _chosen(accept: str, forms: dict[str, bytes]) -> str | None:
    """The first of the types in an Accept header that is among `forms`; any type is text."""
    for kind in map(_media_type, accept.split(",")):
        if kind in forms:
            return kind
        if kind in ("*/*", "text/*"):
            return TEXT
    return None


def _media_type(header: str) -> str:
    return header.partition(";")[0].strip().lower()


def _tag(offer: Offer) -> dict[str, str]:
    return {"ETag": f'"{offer.serial}"'}

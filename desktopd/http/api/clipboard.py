"""GET and PUT ``/api/clipboard``: text, HTML and images by their media types, files as a list."""

from __future__ import annotations

import asyncio

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from desktopd import audit
from desktopd.data_policy import NOT_INTO, NOT_OUT, Copies
from desktopd.http.access.access import Access
from desktopd.http.api.clipboard_body import HTML, TEXT, TOO_LARGE, media_type, read_content
from desktopd.http.api.served_session import ServedClipboard, ServedSession
from desktopd.http.problems import Problem
from desktopd.http.serving.proxy import client_address
from desktopd.rfb.viewers.viewer import Role
from desktopd.x11.selections import images, uri_list
from desktopd.x11.selections.clipboard import Offer, Superseded
from desktopd.x11.selections.content import Content, ContentTooLarge

FILES = "text/uri-list"


class ClipboardEndpoint:
    """The clipboard of the desktop."""

    def __init__(self, session: ServedSession, copies: Copies) -> None:
        self._clipboard = session.clipboard
        self._copies = copies

    async def get(self, request: Request) -> Response:
        """What was copied last, as the first type in Accept in which it can be had.

        Problem 403 for who may only watch or where copies may not leave, 406 where it can be had in
        none of the types.
        """
        if Access.of(request).role is not Role.CONTROL:
            raise Problem(403, "this token may only watch", "use the token for control")
        if not self._copies.out:
            raise Problem(403, NOT_OUT, "clipboard=both lets them")
        offer = self._clipboard.offer
        forms = _forms(offer.content)
        kind = _chosen(request.headers.get("accept") or "*/*", forms)
        if kind is None:
            raise Problem(406, "the clipboard has no such type", f"accept {', '.join(forms)}")
        headers = {**_tag(offer), "Vary": "Accept"}
        if kind == HTML:  # what some program copied shall not run as a page of ours
            headers["Content-Disposition"] = "attachment"
        account(audit.Event.COPIED_OUT, request, offer.content)
        return Response(forms[kind], media_type=kind, headers=headers)

    async def put(self, request: Request) -> Response:
        """Offer text, HTML, an image or all of them to be pasted.

        Problem 403 where copies may not come, 409 when something has been copied that the client
        does not know, or is meanwhile; 400 for a `known` that is no serial, and what
        `read_content` raises.
        """
        require_into(self._copies)
        if self._clipboard.newest > _known(request):
            raise Problem(409, "something else has been copied", "copy it again")
        serial = self._clipboard.next_serial()
        content = await read_content(request)
        account(audit.Event.COPIED_IN, request, content)
        return Response(
            status_code=204, headers=_tag(await put_content(self._clipboard, content, serial))
        )


def require_into(copies: Copies) -> None:
    """Raise Problem 403 where copies may not come to the desktop."""
    if not copies.into:
        raise Problem(403, NOT_INTO, "clipboard=both lets them")


def account(event: audit.Event, conn: HTTPConnection, content: Content) -> None:
    """Note in the audit log how much of what kinds is copied, in bytes."""
    audit.note(
        event,
        address=client_address(conn.scope),
        text=_bytes(content.text),
        html=_bytes(content.html),
        image=None if content.image is None else len(content.image.data),
        links=len(content.uris) or None,
    )


def _bytes(text: str | None) -> int | None:
    return None if text is None else len(text.encode(errors="replace"))


async def put_content(
    clipboard: ServedClipboard, content: Content, serial: int | None = None
) -> Offer:
    """Offer `content` to be pasted; raises Problem 409 and 413."""
    try:
        # A request that is cut off meanwhile would leave X without what is told to be there.
        return await asyncio.shield(clipboard.put(content, serial))
    except ContentTooLarge as error:
        raise Problem(413, str(error), TOO_LARGE) from None
    except Superseded as error:
        raise Problem(409, str(error), "copy it again") from None


def _known(request: Request) -> float:
    """The serial of the last change that the client knows; infinite where it does not say."""
    known = request.query_params.get("known", "inf")
    if known != "inf" and not known.isdecimal():
        raise Problem(400, f"known={known!r} is no serial", "send the number of a copy")
    return float(known)


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


def _chosen(accept: str, forms: dict[str, bytes]) -> str | None:
    """The first of the types in an Accept header that is among `forms`; any type is text."""
    for kind in map(media_type, accept.split(",")):
        if kind in forms:
            return kind
        if kind in ("*/*", "text/*"):
            return TEXT
    return None


def _tag(offer: Offer) -> dict[str, str]:
    return {"ETag": f'"{offer.serial}"'}

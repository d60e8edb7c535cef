"""The clipboard in the JSON frames of ``/api/events``.

Tested by tests/unit/http/api/test_events.py.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from starlette.requests import HTTPConnection

from desktopd.http.problems import Problem, told
from desktopd.x11.selections.clipboard import Offer
from desktopd.x11.selections.content import Content

MOST_HTML = 131_072
"""Characters of HTML that are told beside a text: browsers take seconds to clean more."""

_REMEDY = 'send {"type": "clipboard", "text": "…"} as text, and "html" if there is any'


def offer_frames(offer: Offer, conn: HTTPConnection) -> Iterator[dict[str, Any]]:
    """What is told of a change: what there is now, and what of it could not be had."""
    yield clipboard_frame(offer)
    if offer.problem:
        remedy = "to have it here, copy a smaller part or save it as a file"
        yield {"type": "error", **told(offer.problem, remedy, conn)}


def standing_frame(offer: Offer) -> dict[str, Any]:
    """What a client that has just come is told of what was there before."""
    return {**clipboard_frame(offer), "standing": True}


def clipboard_frame(offer: Offer) -> dict[str, Any]:
    """The text, and what else GET ``/api/clipboard`` would give; an image without its pixels."""
    content, image = offer.content, offer.content.image
    return {
        "type": "clipboard",
        "serial": offer.serial,
        "kind": offer.kind,
        "text": content.text or "",
        "html": content.html is not None
        and (content.text is None or len(content.html) <= MOST_HTML),
        "image": None
        if image is None
        else {"width": image.size.width, "height": image.size.height, "bytes": len(image.data)},
        "files": [_shown(str(path)) for path in content.files],
    }


def frame_content(frame: str | None) -> Content:
    """What a client copies, as text and perhaps HTML; raises Problem 400."""
    try:
        message = json.loads(frame or "")
        kind, text, html = message["type"], message["text"], message.get("html", "")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Problem(400, "the frame is not understood", _REMEDY) from None
    if kind != "clipboard" or not isinstance(text, str) or not isinstance(html, str):
        raise Problem(400, "the frame is not understood", _REMEDY)
    return Content(text=_shown(text), html=_shown(html) or None)


def _shown(text: str) -> str:
    """Without the lone surrogates, which UTF-8 cannot tell."""
    return text.encode(errors="replace").decode()

"""What a PUT of ``/api/clipboard`` brings: one form of a copy as its body, or several as a form."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace

from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from desktopd.http.api.body import read_body
from desktopd.http.problems import Problem
from desktopd.x11.selections import images
from desktopd.x11.selections.content import Content, ContentLimits
from desktopd.x11.selections.image_thread import png

TEXT, HTML, FORM = "text/plain", "text/html", "multipart/form-data"
TAKEN = (TEXT, HTML, images.PNG, *images.READABLE, FORM)
LIMITS = ContentLimits()
TOO_LARGE = "copy a smaller part, or upload it as a file"
# An image may come over a slow line, in seconds.
BODY_SECONDS = 120.0
# What the borders and headers of a form may take, in bytes.
_AROUND = 65_536
_NAMES = {"text", "html", "image"}
_PARTS = "send parts named text, html and image, each at most once"


async def read_content(request: Request) -> Content:
    """What is to be copied; other images become PNG.

    Problem 400 for data that are not of their type, 413 over the limit, 415 for another type.
    """
    kind = media_type(request.headers.get("content-type") or TEXT)
    if kind not in TAKEN:
        raise Problem(415, f"{kind} cannot be copied", f"send one of {', '.join(TAKEN)}")
    body = await read_body(request, _limit(kind), seconds=BODY_SECONDS, remedy=TOO_LARGE)
    forms = await _parts(request, body) if kind == FORM else {kind: body}
    try:
        return await content_of(forms)
    except ValueError as error:
        remedy = f"send {' and '.join(forms)}, in UTF-8 where it is text"
        raise Problem(400, str(error), remedy) from None


def media_type(header: str) -> str:
    """Type and subtype of a header, without its parameters."""
    return header.partition(";")[0].strip().lower()


def _limit(kind: str) -> int:
    if kind == FORM:
        return LIMITS.text + 2 * LIMITS.other + _AROUND
    return LIMITS.text if kind == TEXT else LIMITS.other


async def _parts(request: Request, body: bytes) -> dict[str, bytes]:
    """The parts of a form (RFC 7578) by their types; raises Problem 400 and 415."""
    parser = MultiPartParser(
        request.headers, _once(body), max_files=3, max_fields=3, max_part_size=LIMITS.other
    )
    parser.spool_max_size = len(body)  # no part goes to the disk
    try:
        form = await parser.parse()
    except MultiPartException as error:
        raise Problem(400, error.message, _PARTS) from None
    try:
        if not form or len(form.multi_items()) > len(form) or not form.keys() <= _NAMES:
            raise Problem(400, f"the form has the parts {', '.join(form) or 'none'}", _PARTS)
        return {_type_of(form, name): await _data_of(form[name]) for name in form}
    finally:
        await form.close()


def _type_of(form: FormData, name: str) -> str:
    if name != "image":
        return TEXT if name == "text" else HTML
    part = form[name]
    kind = media_type(part.content_type or "") if isinstance(part, UploadFile) else ""
    if kind != images.PNG and kind not in images.READABLE:
        remedy = f"send one of {', '.join((images.PNG, *images.READABLE))} as a file"
        raise Problem(415, f"the image is of the type {kind or 'text'}", remedy)
    return kind


async def _data_of(part: UploadFile | str) -> bytes:
    return part.encode() if isinstance(part, str) else await part.read()


async def _once(body: bytes) -> AsyncGenerator[bytes]:
    yield body


async def content_of(forms: dict[str, bytes]) -> Content:
    """What has arrived, by its types, which takes seconds for some images; raises ValueError."""
    image = next(((data, kind) for kind, data in forms.items() if kind.startswith("image/")), None)
    written = await asyncio.to_thread(_written, forms)
    return replace(written, image=await png(*image)) if image else written


def _written(forms: dict[str, bytes]) -> Content:
    """The text and the HTML that have arrived; raises ValueError."""
    text, html = forms.get(TEXT), forms.get(HTML)
    return Content(
        text=None if text is None else text.decode(),
        html=None if html is None else html.decode(),
    )

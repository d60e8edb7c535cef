"""A content that outlives us: in properties of the root window, which end with the X server.

Whoever could read it there can paste it as well. Tested by tests/x11/test_clipboard_kept.py.
"""

from __future__ import annotations

import asyncio
import json
import logging
from base64 import b64decode, b64encode
from functools import partial
from itertools import chain, count, takewhile

from desktopd.x11.connection import Connection, Display, XError, x_errors
from desktopd.x11.selections.content import Content
from desktopd.x11.selections.images import PngImage
from desktopd.x11.selections.properties import PropertyValue, Window, put, take
from desktopd.x11.selections.transfer import CHUNK_BYTES

PROPERTY = "_DESKTOPD_CLIPBOARD"

logger = logging.getLogger(__name__)


async def keep(connection: Connection, content: Content) -> None:
    """Write `content`, in pieces between which others get their turn with X."""
    written = await asyncio.to_thread(_encode, content)
    await forget(connection)
    pieces = range(0, len(written), CHUNK_BYTES)
    for number, start in enumerate(pieces):
        piece = written[start : start + CHUNK_BYTES]
        await connection.call(partial(_put, _piece(number), piece))
    await connection.call(partial(_put, PROPERTY, str(len(pieces)).encode()))


async def forget(connection: Connection) -> None:
    """Keep nothing any more."""
    await connection.call(_delete)


async def take_kept(connection: Connection) -> Content:
    """What was kept last, which is then no longer; empty where there is none, or not all of it."""
    try:
        pieces = int(await _take(connection, PROPERTY) or 0)
        written = [await _take(connection, _piece(number)) for number in range(pieces)]
        return await asyncio.to_thread(_decode, b"".join(written)) if written else Content()
    except (XError, ValueError, KeyError, TypeError) as error:
        logger.warning("what was on the clipboard before is lost: %s", error)
        return Content()


async def _take(connection: Connection, name: str) -> bytes:
    def find(display: Display) -> tuple[Window, int]:
        return _root(display), display.get_atom(name)

    root, atom = await connection.call(find)
    found = await take(connection, root, atom, CHUNK_BYTES)
    return found.data if found and isinstance(found.data, bytes) else b""


def _piece(number: int) -> str:
    return f"{PROPERTY}_{number}"


def _encode(content: Content) -> bytes:
    image = content.image
    forms = {
        "text": content.text,
        "html": content.html,
        "image": None if image is None else b64encode(image.data).decode(),
        "uris": content.uris,
    }
    return json.dumps(forms).encode()


def _decode(written: bytes) -> Content:
    """Raises ValueError, KeyError or TypeError where that is not what `_encode` has written."""
    forms = json.loads(written)
    image = forms["image"]
    return Content(
        text=forms["text"],
        html=forms["html"],
        image=None if image is None else PngImage.of(b64decode(image)),
        uris=tuple(forms["uris"]),
    )


# From here on: run in the X thread.


def _root(display: Display) -> Window:
    return display.screen().root


def _put(name: str, piece: bytes, display: Display) -> None:
    put(_root(display), display.get_atom(name), PropertyValue("UTF8_STRING", 8, piece), display)


def _delete(display: Display) -> None:
    names = chain([PROPERTY], map(_piece, count()))
    atoms = takewhile(bool, (display.get_atom(name, only_if_exists=True) for name in names))
    with x_errors(display, f"DeleteProperty {PROPERTY}"):
        for atom in atoms:
            _root(display).delete_property(atom)

"""The targets (ICCCM section 2.6.2) that stand for each form of a content, and their encodings.

A target that other programs use for something that we know is one line of the tables here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from enum import Enum
from functools import partial

from desktopd.x11.selections import images, uri_list
from desktopd.x11.selections.content import Content

# Without it Qt, GTK and browsers each guess an encoding of their own.
HTML_CHARSET = '<meta http-equiv="content-type" content="text/html; charset=utf-8">'


class Form(Enum):
    """What a content may be had as; the value is its name for a user."""

    FILES = "list of files"
    IMAGE = "image"
    HTML = "HTML"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Target:
    """A way to write a form for other programs; `encode` may take seconds where it is `slow`."""

    name: str
    form: Form
    encode: Callable[[Content], bytes]
    slow: bool = False


def _utf8(content: Content) -> bytes:
    return (content.plain or "").encode()


def _latin1(content: Content) -> bytes:
    return (content.plain or "").encode("latin-1", "replace")


def _html(content: Content) -> bytes:
    return (HTML_CHARSET + (content.html or "")).encode()


def _image(media_type: str, content: Content) -> bytes:
    return images.from_png(content.image, media_type) if content.image else b""


def _uri_list(content: Content) -> bytes:
    return uri_list.encode(content.uris)


def _copied_files(content: Content) -> bytes:
    """What file managers of GNOME and Xfce paste; there is no other description of it."""
    return "\n".join(("copy", *content.uris)).encode()


# In the order in which a program that takes the first one it knows shall see them.
OFFERED = (
    Target("text/uri-list", Form.FILES, _uri_list),
    Target("x-special/gnome-copied-files", Form.FILES, _copied_files),
    Target(images.PNG, Form.IMAGE, partial(_image, images.PNG)),
    *(Target(name, Form.IMAGE, partial(_image, name), slow=True) for name in images.FORMATS),
    Target("text/html", Form.HTML, _html),
    Target("UTF8_STRING", Form.TEXT, _utf8),
    Target("text/plain;charset=utf-8", Form.TEXT, _utf8),
    Target("text/plain", Form.TEXT, _utf8),
    Target("STRING", Form.TEXT, _latin1),
)

# What is asked for, the best first, of an owner that offers several.
WANTED = {
    Form.FILES: ("text/uri-list",),
    Form.IMAGE: (images.PNG, *images.READABLE),
    Form.HTML: ("text/html",),
    Form.TEXT: ("UTF8_STRING", "text/plain;charset=utf-8", "text/plain", "STRING"),
}
# What an owner is tried with that cannot tell what it offers.
BLIND = ("UTF8_STRING", "STRING")


def offered(content: Content) -> tuple[Target, ...]:
    """The targets as which `content` can be had."""
    forms = {
        Form.FILES: bool(content.uris),
        Form.IMAGE: content.image is not None,
        Form.HTML: content.html is not None,
        Form.TEXT: content.plain is not None,
    }
    return tuple(target for target in OFFERED if forms[target.form])


def wanted(form: Form, offered: Collection[str] | None) -> tuple[str, ...]:
    """The targets by which to ask for a form, the best first; `offered` None where unknown."""
    among = BLIND if offered is None else offered
    return tuple(name for name in WANTED[form] if name in among)


def add(content: Content, form: Form, target: str, kind: str, data: bytes) -> Content:
    """`content` and what an owner gave for `target`, as a property of the type `kind`.

    May take seconds for an image; raises ValueError for what is none.
    """
    match form:
        case Form.FILES:
            return replace(content, uris=uri_list.decode(data))
        case Form.IMAGE:
            return replace(content, image=images.to_png(data, target))
        case Form.HTML:
            return replace(content, html=_decoded_html(data).removeprefix(HTML_CHARSET))
        case Form.TEXT:
            return replace(content, text=data.decode(_encoding(kind), "replace"))


def _encoding(kind: str) -> str:
    return "latin-1" if kind == "STRING" else "utf-8"


def _decoded_html(data: bytes) -> str:
    """UTF-8, or what a byte order mark tells: Mozilla has written UTF-16."""
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    return data.decode("utf-16" if marked else "utf-8-sig", "replace").rstrip("\0")

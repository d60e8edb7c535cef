"""Names and paths as clients give them: what they may be, before any disk is asked.

A name that is there already may be nearly anything, so that it can be read, renamed and deleted.
A new one is Unicode in NFC that every system can show.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, unquote_to_bytes

from desktopd.files.errors import BadPath

LONGEST_NAME = 255
LONGEST_PATH = 4096
"""Bytes of a name and of a path: what Linux lets an application open."""
RESERVED = ".desktopd-uploads"
"""How the folders begin that hold unfinished uploads: neither listed nor reached."""

_SUFFIX = re.compile(r"(?<=.)((\.(ome|tar|nii))?\.[^.\s]{1,10})$", re.IGNORECASE)
_LINE_SEPARATORS = ("\u2028", "\u2029")


@dataclass(frozen=True, slots=True)
class FilePath:
    """A path below the root; no `names` is the root itself. Bytes that are no UTF-8 are surrogates.

    No name is empty, ``.``, ``..``, has a slash or NUL in it, or is longer than 255 bytes both as
    it is and in NFC.
    """

    names: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str) -> FilePath:
        """Read ``plates/cells.tif``; a slash at the end does no harm. Raises BadPath."""
        try:
            text.encode()
        except UnicodeEncodeError:
            raise BadPath("the path is not Unicode", "send it as UTF-8") from None
        return cls._of(text.removesuffix("/").split("/") if text else [])

    @classmethod
    def from_url(cls, raw: bytes) -> FilePath:
        """Read a path as it stands in a URL, ``plates/cells%20%232.tif``; raises BadPath."""
        if len(raw) > 3 * LONGEST_PATH:  # as each of its bytes may be %XX
            raise _too_long()
        parts = raw.removesuffix(b"/").split(b"/") if raw else []
        return cls._of([unquote_to_bytes(part).decode(errors="surrogateescape") for part in parts])

    @classmethod
    def _of(cls, names: list[str]) -> FilePath:
        for name in names:
            _check(name)
        path = cls(tuple(names))
        if sum(len(_raw(name)) + 1 for name in names) > LONGEST_PATH:
            raise _too_long()
        return path

    @property
    def parent(self) -> FilePath:
        """The folder that holds it; the root's is the root."""
        return FilePath(self.names[:-1])

    @property
    def name(self) -> str:
        """The last name; empty for the root."""
        return self.names[-1] if self.names else ""

    def __truediv__(self, name: str) -> FilePath:
        return FilePath((*self.names, name))

    def __str__(self) -> str:
        return "/".join(shown(name) for name in self.names)

    @property
    def href(self) -> str:
        """The path as it stands in a URL."""
        return "/".join(quote(_raw(name), safe="") for name in self.names)


def shown(name: str) -> str:
    """A name as text; bytes that are no UTF-8 are shown as ``%FF``."""
    return "".join(f"%{ord(c) - 0xDC00:02X}" if "\udc80" <= c <= "\udcff" else c for c in name)


def is_reserved(name: str) -> bool:
    """Whether a name belongs to unfinished uploads."""
    return name.casefold().startswith(RESERVED)


def spellings(name: str) -> tuple[str, ...]:
    """The ways in which a name may stand on a disk: as given, and as Linux and macOS compose it."""
    if name.isascii():
        return (name,)
    return tuple(dict.fromkeys((name, composed(name), unicodedata.normalize("NFD", name))))


def composed(name: str) -> str:
    """`name` in NFC, in which it is made where it is not there."""
    return unicodedata.normalize("NFC", name)


def new_name(name: str) -> str:
    """`name` in NFC, for something that is made; raises BadPath for one that nobody should have."""
    remedy = "choose a name that can be shown in one line"
    if any(unicodedata.category(c) == "Cc" or c in _LINE_SEPARATORS for c in name):
        raise BadPath(f"{name!r}: a control character in a name", remedy)
    if any("\ud800" <= c <= "\udfff" for c in name):
        raise BadPath(f"{shown(name)!r}: a name that is not UTF-8", "send it as UTF-8")
    if "\\" in name:
        raise BadPath(f"{name}: a backslash in a name", "separate folders by /")
    name = composed(name)
    _check(name)
    return name


def numbered(name: str) -> Iterator[str]:
    """``cells.ome.tif``, ``cells (2).ome.tif``, ``cells (3).ome.tif`` and so on, each legal."""
    yield name
    match = _SUFFIX.search(name)
    suffix = match[1] if match else ""
    stem = name.removesuffix(suffix)
    for number in range(2, 10_000):
        mark = f" ({number}){suffix}"
        kept = stem.encode()[: LONGEST_NAME - len(mark.encode())].decode(errors="ignore")
        yield kept + mark


def _check(name: str) -> None:
    """Raise BadPath for what is no name."""
    if name in ("", ".", ".."):
        what = f"the part {name!r} of the path" if name else "an empty part of the path"
        raise BadPath(f"{what} is no name", "give a path such as plates/cells.tif")
    if min(len(_raw(name)), len(_raw(composed(name)))) > LONGEST_NAME:
        start = shown(name)[:20]
        raise BadPath(f"{start}…: a name longer than {LONGEST_NAME} bytes", "choose a shorter one")
    if "/" in name or "\0" in name:
        raise BadPath(f"{name!r}: a slash or NUL in a name", "leave it out")
    if is_reserved(name):
        raise BadPath(f"{shown(name)}: a name that desktopd needs", "choose another name")


def _too_long() -> BadPath:
    return BadPath(f"the path is longer than {LONGEST_PATH} bytes", "use fewer or shorter folders")


def _raw(name: str) -> bytes:
    return name.encode(errors="surrogateescape")

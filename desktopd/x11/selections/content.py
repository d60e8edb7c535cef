"""What is copied or dragged, as values; how it is written for other programs is in `targets`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from desktopd.clipboard_limit import CLIPBOARD_LIMIT
from desktopd.x11.selections import uri_list
from desktopd.x11.selections.images import PngImage

MEBIBYTE = 1024 * 1024


class ContentTooLarge(ValueError):
    """One form of a content is over its limit; the text says which, its size and the limit."""


@dataclass(frozen=True, slots=True)
class ContentLimits:
    """The most bytes of each form: text in UTF-8, and any other."""

    text: int = CLIPBOARD_LIMIT
    other: int = 32 * MEBIBYTE


@dataclass(frozen=True, slots=True)
class Content:
    """One thing in the forms that its owner can give; `uris` are of files and of links.

    Lines of the text end in a line feed, wherever it has come from.
    """

    text: str | None = None
    html: str | None = None
    image: PngImage | None = None
    uris: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.text is not None and "\r" in self.text:
            object.__setattr__(self, "text", self.text.replace("\r\n", "\n").replace("\r", "\n"))

    @classmethod
    def of_files(cls, paths: tuple[Path, ...]) -> Content:
        """Files and folders by their absolute paths."""
        return cls(uris=tuple(path.as_uri() for path in paths))

    @property
    def files(self) -> tuple[Path, ...]:
        """The paths among `uris` that are of this machine."""
        return tuple(path for uri in self.uris if (path := uri_list.path_of(uri)) is not None)

    @property
    def plain(self) -> str | None:
        """The text, or for want of one the paths and links, a line each."""
        if self.text is not None or not self.uris:
            return self.text
        return "\n".join(str(uri_list.path_of(uri) or uri) for uri in self.uris)

    def check(self, limits: ContentLimits) -> None:
        """Raise ContentTooLarge for a form over its limit, ValueError for text that is no Unicode.

        Such a text has a lone surrogate.
        """
        forms = (
            ("text", len((self.text or "").encode()), limits.text),
            ("HTML", len((self.html or "").encode()), limits.other),
            ("image", len(self.image.data) if self.image else 0, limits.other),
            ("list of files", sum(map(len, self.uris)), limits.other),
        )
        for name, size, limit in forms:
            if size > limit:
                raise ContentTooLarge(f"clipboard {name} of {size} bytes: at most {limit} fit")

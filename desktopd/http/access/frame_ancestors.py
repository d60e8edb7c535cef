"""Which pages may embed the desktop: for browsers (CSP ``frame-ancestors``) and for ourselves."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from desktopd.http.access.origin import Origin

_DEFAULT_PORTS = {"http": 80, "https": 443}
_KEYWORDS = {"self": "'self'", "none": "'none'", "'self'": "'self'", "'none'": "'none'"}
# No quote, comma, semicolon or space can start another source, directive or header.
_SOURCE = re.compile(
    r"(?P<only>https?):"
    r"|(?:(?P<scheme>https?)://)?"
    r"(?P<host>\*|(?:\*\.)?[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*|\[[0-9A-Fa-f:.]+\])"
    r"(?::(?P<port>\d{1,5}|\*))?",
    re.IGNORECASE,
)


class FrameAncestors:
    """The pages in `sources`, as CSP level 3 writes them; raises ValueError for one that is none.

    Browsers keep all others from embedding us; `allows` tells the same of an origin.
    """

    def __init__(self, sources: Iterable[str]) -> None:
        self._sources = [_AncestorSource.parse(text) for text in sources]

    def __str__(self) -> str:
        return " ".join(source.text for source in self._sources) or "'none'"

    @property
    def foreign(self) -> bool:
        """Whether pages of other sites are among them."""
        return any(source.text not in _KEYWORDS for source in self._sources)

    def allows(self, origin: str, host: str, *, https: bool) -> bool:
        """Whether a page of `origin` may embed us, reached as `host` (CSP3 section 6.7.2)."""
        try:
            page, own = Origin.parse(origin), Origin.at("https" if https else "http", host)
        except ValueError:
            return False
        return any(source.matches(page, own) for source in self._sources)


@dataclass(frozen=True, slots=True)
class _AncestorSource:
    """One source: a keyword, a scheme alone (`host` is None), or a host. `port` may be ``*``."""

    text: str
    scheme: str | None = None
    host: str | None = None
    port: str | None = None

    @classmethod
    def parse(cls, text: str) -> _AncestorSource:
        if text in _KEYWORDS:
            return cls(_KEYWORDS[text])
        match = _SOURCE.fullmatch(text)
        if match is None:
            raise ValueError(
                f"frame_ancestors={text!r}: expected 'self', 'none' or https://lms.example.org"
            )
        found = {name: value and value.lower() for name, value in match.groupdict().items()}
        return cls(text, found["only"] or found["scheme"], found["host"], found["port"])

    def matches(self, page: Origin, own: Origin) -> bool:
        if self.text in _KEYWORDS:
            return self.text == "'self'" and _is_self(page, own)
        if self.text == "*":
            return True
        if not _covers(self.scheme or own.scheme, page.scheme):
            return False
        return self.host is None or (self._matches_host(page.host) and self._matches_port(page))

    def _matches_host(self, host: str) -> bool:
        assert self.host is not None
        if self.host.startswith("*"):
            return host.endswith(self.host[1:])
        return host == self.host

    def _matches_port(self, page: Origin) -> bool:
        if self.port == "*":
            return True
        if self.port is None:
            return page.port == _DEFAULT_PORTS[page.scheme]
        # What was listed for http may have moved to https.
        moved = (self.port, page.scheme, page.port) == ("80", "https", 443)
        return page.port == int(self.port) or moved


def _covers(listed: str, scheme: str) -> bool:
    return listed == scheme or (listed == "http" and scheme == "https")


def _is_self(page: Origin, own: Origin) -> bool:
    default = all(o.port == _DEFAULT_PORTS[o.scheme] for o in (page, own))
    same = page.host == own.host and (page.port == own.port or default)
    return same and _covers(own.scheme, page.scheme)

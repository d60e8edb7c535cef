"""Links that the owner gives to others: each has a name, a role, perhaps an end, and is revocable.

What is kept of a link's token is a digest, so that the file opens nothing.
"""

from __future__ import annotations

import hashlib
import json
import logging
import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import TypeAdapter

from desktopd import audit
from desktopd.http.access.steady_time import steady_time
from desktopd.kept_file import read_kept, write_kept
from desktopd.rfb.viewers.viewer import Role

log = logging.getLogger(__name__)

LINKS_LIMIT = 100


@dataclass(frozen=True, slots=True)
class Link:
    """One link; `digest` is SHA-256 of its token, times are seconds since 1970."""

    id: str
    name: str
    role: Role
    digest: str
    made: float
    until: float | None = None


_FILE = TypeAdapter(list[Link])


class Links:
    """The links of one desktop, kept in the file `path` if there is one: for the next daemon."""

    def __init__(self, path: Path | None = None, clock: Callable[[], float] = steady_time) -> None:
        self._path = path
        self._clock = clock
        self._links: dict[str, Link] = {}
        self._by_digest: dict[str, Link] = {}
        self._take(_read(path) if path else [])

    def __iter__(self) -> Iterator[Link]:
        """Those that still open the desktop, the oldest first."""
        now = self._clock()
        return iter([k for k in self._links.values() if k.until is None or now < k.until])

    def make(
        self, name: str, role: Role, seconds: float | None = None, until: float | None = None
    ) -> tuple[Link, str]:
        """A new link, for ever or for some seconds, and its token, which is told only now.

        It ends `until` then at the latest, in seconds since 1970.

        Raises OSError where it cannot be kept, and ValueError where there are too many.
        """
        valid = list(self)
        if len(valid) >= LINKS_LIMIT:
            raise ValueError(f"there are {LINKS_LIMIT} links already")
        token, now = secrets.token_urlsafe(32), self._clock()
        ends = [until, None if seconds is None else now + seconds]
        first = min((end for end in ends if end is not None), default=None)
        link = Link(secrets.token_hex(8), name, role, _digest(token.encode()), now, first)
        self._keep([*valid, link])
        self._take([*valid, link])
        return link, token

    def find(self, presented: bytes) -> Link | None:
        """The link of a token; None for any other.

        How long a look-up takes tells of the digest, and so nothing of the token.
        """
        link = self._by_digest.get(_digest(presented))
        return link if link and (link.until is None or self._clock() < link.until) else None

    def revoke(self, link_id: str) -> bool:
        """Have a link open nothing any more; whether there was one.

        Raises OSError where that cannot be kept, so that the next daemon would let it in again.
        """
        if link_id not in self._links:
            return False
        self._take([link for link in self if link.id != link_id])
        self._keep(self)
        return True

    def forget(self) -> None:
        """Revoke all of them: the desktop is stopped."""
        for link in self:
            audit.note(audit.Event.LINK_REVOKED, link=link.id)
        self._take([])
        if self._path is not None:
            self._path.unlink(missing_ok=True)

    def _keep(self, links: Iterable[Link]) -> None:
        if self._path is not None:
            write_kept(self._path, json.dumps([asdict(link) for link in links]).encode())

    def _take(self, links: list[Link]) -> None:
        self._links = {link.id: link for link in links}
        self._by_digest = {link.digest: link for link in links}


def _read(path: Path) -> list[Link]:
    try:
        return _FILE.validate_json(read_kept(path))
    except FileNotFoundError:
        return []
    except (OSError, ValueError) as error:
        log.error("%s: no link of before is valid any more: %s", path, error)
        return []


def _digest(token: bytes) -> str:
    return hashlib.sha256(token).hexdigest()

"""Which web pages may talk to us: the Origin and Host rules."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address

_PORTS = {"http": 80, "https": 443}
_AUTHORITY = re.compile(r"(?P<host>[A-Za-z0-9._~-]+|\[[0-9A-Fa-f:.]+\])(?::(?P<port>\d{1,5}))?")


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme (``http`` or ``https``), host in lower case and port, as in RFC 6454."""

    scheme: str
    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> Origin:
        """Read ``https://example.org`` or ``http://[::1]:8888``; ValueError for anything else."""
        scheme, separator, authority = text.partition("://")
        if not separator or scheme.lower() not in _PORTS:
            raise ValueError(f"{text!r}: expected an origin such as https://lms.example.org")
        return cls.at(scheme.lower(), authority)

    @classmethod
    def at(cls, scheme: str, authority: str) -> Origin:
        """The origin of a host and port as in a Host header, under `scheme`."""
        match = _AUTHORITY.fullmatch(authority)
        if match is None:
            raise ValueError(f"{authority!r}: expected a host such as example.org or [::1]:8888")
        port = int(match["port"]) if match["port"] else _PORTS[scheme]
        return cls(scheme, match["host"].lower(), port)


class OriginPolicy:
    """Accepts our own origin and those listed; raises ValueError for a bad list."""

    def __init__(self, allow_origin: Iterable[str] = (), allowed_hosts: Iterable[str] = ()) -> None:
        self._allowed = frozenset(_listed(text) for text in allow_origin)
        self._hosts = frozenset(host.lower() for host in allowed_hosts)

    def allows_origin(self, origin: str, host: str, *, https: bool) -> bool:
        """Whether a page at `origin` may use this server, reached as `host`.

        Our own origin is the one whose host and port equal the Host header. A page on https
        is our own too when we see http, because a proxy may end TLS in front of us; a page on
        http is not when we see https.
        """
        try:
            page = Origin.parse(origin)
            own = Origin.at(page.scheme, host)
        except ValueError:
            return False
        if page in self._allowed:
            return True
        return page == own and (page.scheme == "https" or not https)

    def allows_host(self, host: str, received: str) -> bool:
        """Whether a request for `host` is for us; any is unless hosts are listed.

        `received` is its Host header where a proxy forwards it as one for `host`. So may a page of
        a name that was made to lead here (DNS rebinding): a name has to be listed, too. Addresses
        and localhost lead nowhere else.
        """
        if not self._hosts:
            return True
        try:
            names = [Origin.at("http", one).host for one in (host, received)]
        except ValueError:
            return False
        return names[0] in self._hosts and (names[1] in self._hosts or _is_fixed(names[1]))


def _is_fixed(host: str) -> bool:
    """Whether nobody can make it lead to another machine."""
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return host == "localhost"
    return True


def _listed(text: str) -> Origin:
    try:
        return Origin.parse(text)
    except ValueError as error:
        raise ValueError(f"allow_origin: {error}") from None

"""Where a request came from, when proxies that we trust stand in front of us."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from desktopd.http.access.origin import Origin
from desktopd.http.serving.prefix import STRIPPED, base_path

UNIX = "unix"
PEER = "desktopd.peer"
"""Of a request that a proxy handed on, in its scope: the address of that proxy."""
RECEIVED = "desktopd.received_host"
"""Of a request whose Host header a proxy has said anew, in its scope: the one that it came with."""
MOST_PROXIES = 32
"""Addresses that are looked at, the last ones; 64 KB of them took 110 ms of everybody's time."""


class ForwardedMiddleware:
    """Takes X-Forwarded-For, -Proto, -Host, -Prefix from trusted peers into the ASGI scope.

    `trusted` holds addresses, networks, ``unix`` for peers of a unix socket, or ``*``: then the
    last address of X-Forwarded-For counts. From others the headers mean nothing. Raises ValueError
    for an entry that is none of these.
    """

    def __init__(self, app: ASGIApp, trusted: Iterable[str]) -> None:
        self._app = app
        entries = set(trusted)
        self._any = "*" in entries
        self._unix = UNIX in entries
        self._networks = [_network(text) for text in sorted(entries - {"*", UNIX})]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on as the proxies saw it."""
        if scope["type"] in ("http", "websocket") and self._trusts(client_address(scope)):
            scope = self._forwarded(scope)
        await self._app(scope, receive, send)

    def _forwarded(self, scope: Scope) -> Scope:
        headers = Headers(scope=scope)
        changed = dict(scope)
        client = self._client(headers.getlist("x-forwarded-for"))
        changed[PEER] = client_address(scope)
        if client is not None:
            changed["client"] = (client, 0)
        # The last value is the one that the proxy next to us has written.
        scheme = ",".join(headers.getlist("x-forwarded-proto")).rpartition(",")[2].strip().lower()
        if scheme in ("http", "https"):
            changed["scheme"] = scheme.replace("http", "ws") if _is_ws(scope) else scheme
        with suppress(ValueError):
            # jupyter-server-proxy, which says it this way too, adds slashes and prefixes by itself.
            rewrites = "x-proxycontextpath" in headers
            prefix = "" if rewrites else headers.get("x-forwarded-prefix", "")
            changed[STRIPPED] = base_path(prefix).rstrip("/")
        host = ",".join(headers.getlist("x-forwarded-host")).rpartition(",")[2].strip()
        if _is_authority(host):
            changed[RECEIVED] = headers.get("host", "")
            kept = [(name, value) for name, value in scope["headers"] if name != b"host"]
            changed["headers"] = [(b"host", host.encode("latin-1")), *kept]
        return changed

    def _client(self, values: list[str]) -> str | None:
        """The first address from the right that is not a proxy of ours: the rest is hearsay."""
        if self._any:
            # Whom we trust is not said: only the proxy next to us has surely written its part.
            return _address(",".join(values).rpartition(",")[2])
        client = None
        for value in reversed(",".join(values).rsplit(",", MOST_PROXIES)[-MOST_PROXIES:]):
            address = _address(value)
            if address is None:
                break
            client = address
            if not self._trusts(address):
                break
        return client

    def _trusts(self, address: str) -> bool:
        if self._any:
            return True
        if address == UNIX:
            return self._unix
        try:
            ip = _plain(ip_address(address))
        except ValueError:
            return False
        return any(ip in network for network in self._networks)


def client_address(scope: Scope) -> str:
    """The address of the peer, ``unix`` for a unix socket."""
    client = scope.get("client")
    return client[0] if client else UNIX


def peer_address(scope: Scope) -> str:
    """The address of whoever is connected to us, a proxy or the client itself."""
    return str(scope.get(PEER) or client_address(scope))


def received_host(scope: Scope) -> str:
    """The Host header as it came, whatever a proxy says of it; empty without one."""
    return str(scope.get(RECEIVED, Headers(scope=scope).get("host", "")))


def is_https(scope: Scope) -> bool:
    """Whether the user's connection is encrypted, as far as we can see."""
    return scope["scheme"] in ("https", "wss")


def _is_ws(scope: Scope) -> bool:
    return bool(scope["type"] == "websocket")


def _address(text: str) -> str | None:
    """``192.0.2.1``, ``192.0.2.1:80``, ``2001:db8::1`` or ``[2001:db8::1]:80`` without its port."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        return str(_plain(ip_address(text)))
    except ValueError:
        return None


def _plain(ip: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """An IPv4 peer of a dual-stack socket looks like ``::ffff:192.0.2.1``.

    A scope (RFC 4007) means something on one machine alone, and may be any text.
    """
    if isinstance(ip, IPv6Address):
        return ip.ipv4_mapped or IPv6Address(int(ip))
    return ip


def _is_authority(host: str) -> bool:
    try:
        Origin.at("http", host)
    except ValueError:
        return False
    return True


def _network(text: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(text)
    except ValueError as error:
        raise ValueError(
            f"trusted_proxies={text!r}: {error}; expected an address, a network, {UNIX!r} or '*'"
        ) from None

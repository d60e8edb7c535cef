"""Which hosts Python may reach: those of `open_hosts` by name, and the addresses that these have.

Python tells its audit hooks of a name that it looks up, and of an address that it connects to, but
not which belong together; asyncio looks up no name that is an address already.
Tested by tests/unit/integrations/napari/test_audit.py.
"""

from __future__ import annotations

import socket
from functools import wraps
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies

from desktopd.integrations.napari.lockdown.everywhere import replace_everywhere
from desktopd.integrations.napari.lockdown.inside import Inside


class Network:
    """The hosts of `inside`, and the proxies of the environment, which decide for themselves."""

    def __init__(self, inside: Inside) -> None:
        self._inside = inside
        self._proxies = {urlsplit(address).hostname for address in getproxies().values()}
        self._addresses: set[str] = set()

    def note_addresses(self) -> None:
        """Note from now on which addresses the hosts have that are looked up."""
        look_up = socket.getaddrinfo

        @wraps(look_up)
        def noted(host: Any, *arguments: Any, **named: Any) -> Any:
            found = look_up(host, *arguments, **named)
            if host and self._may_reach(_text(host)):
                self._addresses.update(str(address[0]) for *_, address in found)
            return found

        replace_everywhere(look_up, noted)

    def check_name(self, host: Any, *_: Any) -> None:
        """PermissionError for a name, or an address, of another host; None is this machine."""
        if host:
            self._check(_text(host))

    def check_address(self, _: Any, address: Any) -> None:
        """PermissionError for an address of TCP/IP of another host."""
        if isinstance(address, tuple):
            self._check(_text(address[0]))

    def _check(self, name: str) -> None:
        if not self._may_reach(name):
            raise PermissionError(f"{name} is no host of open_hosts")

    def _may_reach(self, name: str) -> bool:
        return name in self._proxies or name in self._addresses or self._inside.is_host(name)


def has_network(inside: Inside) -> bool:
    """Whether there is any host that may be reached."""
    return inside.has_hosts or bool(getproxies())


def _text(name: Any) -> str:
    return name.decode(errors="replace") if isinstance(name, bytes) else str(name)

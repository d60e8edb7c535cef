"""An RFB server of another program: where it listens, and the connection to it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from desktopd.errors import DisplayUnavailable

_READ_AHEAD = 256 * 1024


@dataclass(frozen=True, slots=True)
class UnixTarget:
    """An RFB server on a unix socket."""

    path: Path

    def __str__(self) -> str:
        return str(self.path)


@dataclass(frozen=True, slots=True)
class TcpTarget:
    """An RFB server on a TCP port, 1 to 65535; `host` is a name or an address without brackets."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


Target = UnixTarget | TcpTarget


@dataclass(frozen=True, slots=True)
class Upstream:
    """A connection to an RFB server."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter


async def connect(target: Target, within: float = 5.0) -> Upstream:
    """Connect in `within` seconds at most, or raise DisplayUnavailable."""
    try:
        async with asyncio.timeout(within):
            match target:
                case UnixTarget(path):
                    streams = await asyncio.open_unix_connection(path, limit=_READ_AHEAD)
                case TcpTarget(host, port):
                    streams = await asyncio.open_connection(host, port, limit=_READ_AHEAD)
    except TimeoutError:
        raise DisplayUnavailable(
            f"RFB server {target}: no connection within {within:g} s",
            "see whether it hangs, and whether a firewall is in between",
        ) from None
    except (OSError, ValueError) as error:
        raise DisplayUnavailable(
            f"RFB server {target}: {getattr(error, 'strerror', None) or error}",
            "start it, or correct its address",
        ) from error
    return Upstream(*streams)

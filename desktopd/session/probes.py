"""One question to one service each, answered yes or no; who asks sets the deadline."""

from __future__ import annotations

import asyncio
from pathlib import Path


async def rfb_greets(socket: Path) -> bool:
    """Whether an RFB server on a unix socket sends its ProtocolVersion (RFC 6143 section 7.1.1)."""
    try:
        reader, writer = await asyncio.open_unix_connection(socket)
    except OSError:
        return False
    try:
        return (await reader.readexactly(12)).startswith(b"RFB 003.")
    except (asyncio.IncompleteReadError, OSError):
        return False
    finally:
        writer.close()

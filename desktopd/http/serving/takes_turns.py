"""What reads in turns once it is open: WebSockets, which the HTTP connection tells so."""

from __future__ import annotations

import asyncio

from desktopd.turns import RequestTurns


class TakesTurns:
    """A protocol that reads what is much in `turns`, if it has some; `known` as there.

    It sets `settled` once its peer is let in, or gone.
    """

    turns: RequestTurns | None = None
    known = False
    settled: asyncio.Event | None = None

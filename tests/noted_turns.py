"""Whose bytes wait in turns, in a server that is being tested."""

from __future__ import annotations

from collections.abc import Callable, Hashable

import pytest

from desktopd.turns import RequestTurns, Turn


def noted_turns(monkeypatch: pytest.MonkeyPatch, module: str) -> list[str]:
    """The addresses of all that waits in the `RequestTurns` that `module` makes from now on."""
    addresses: list[str] = []

    class Noted(RequestTurns):
        def take(self, address: str, work: Callable[[], None], **who: Hashable) -> Turn:
            addresses.append(address)
            return super().take(address, work, **who)

    monkeypatch.setattr(f"{module}.RequestTurns", Noted)
    return addresses

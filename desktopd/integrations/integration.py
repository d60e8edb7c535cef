"""A system that desktopd is part of, found by its entry point: what it is to the daemon."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.metadata import entry_points
from typing import Protocol

from desktopd.http.access.oauth import Provider

GROUP = "desktopd.auth"


class Integration(Provider, Protocol):
    """A system that we are part of: its login, and what it wants to hear."""

    async def run(self, last_input: Callable[[], float | None]) -> None:
        """Go on for as long as the daemon; `last_input` is monotonic, None before the first."""


def connect(name: str, variables: Mapping[str, str]) -> Integration:
    """The integration that ``auth=NAME`` stands for, by its own environment variables.

    Raises ValueError when it is not installed, or for a variable that it cannot use.
    """
    found = entry_points(group=GROUP, name=name)
    if not found:
        raise ValueError(
            f"auth={name}: no such entry point of desktopd; install the package "
            "(pip install --editable . in a checkout)"
        )
    integration: Integration = next(iter(found)).load()(variables)
    return integration

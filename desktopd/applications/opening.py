"""Opening a path or a URL in the application, by whichever way it has, within what is allowed."""

from __future__ import annotations

import shlex
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from desktopd.applications.errors import (
    CannotOpen,
    IsProgram,
    NotAllowed,
    NotThere,
    Occupied,
)
from desktopd.applications.layer import Layer

OPEN_WITHIN = 120.0

Launch = Callable[[Sequence[str]], Awaitable[None]]
"""Starts a command on the desktop."""
Drop = Callable[[Sequence[Path]], Awaitable[None]]
"""Drops files on the application's window (XDND)."""


class Way(StrEnum):
    """By which way something is opened."""

    COMPANION = "companion"
    COMMAND = "command"
    DROP = "drop"


class Asked(Protocol):
    """The part of `desktopd.applications.companion.Companion` that opening needs."""

    async def ask(self, method: str, params: dict[str, Any], within: float) -> Any:
        """The result of a method."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """What may be opened: paths below `root` (None: any), and URLs of `hosts`.

    A host is a name, or ``*.example.org`` for all below it.
    """

    root: Path | None = None
    hosts: tuple[str, ...] = ()

    def path(self, given: str) -> Path:
        """The real path of an existing file or folder; raises NotAllowed or NotThere."""
        root = None if self.root is None else self.root.resolve()
        try:
            path = ((root or Path("/")) / given).resolve()
            exists = path.exists()
        except (ValueError, OSError, RuntimeError):
            # A NUL, a name that is too long, a circle of links.
            raise NotThere(f"{given!r} is no path") from None
        if root is not None and not path.is_relative_to(root):
            raise NotAllowed(f"{given} is outside of files_root", f"open a path inside {root}")
        if not exists:
            raise NotThere(f"{given} does not exist")
        return path

    def url(self, given: str) -> str:
        """`given`, unchanged; raises NotAllowed."""
        try:
            parts = urlsplit(given)
            host = parts.hostname or ""
        except ValueError:
            raise NotAllowed(f"{given!r} is no URL", "send https://HOST/PATH") from None
        if parts.scheme not in ("http", "https") or not host or not _is_plain(given, parts.netloc):
            raise NotAllowed(f"{given!r} is no web address", "send https://HOST/PATH")
        if not any(_matches(host, pattern.lower()) for pattern in self.hosts):
            raise NotAllowed(
                f"{host} is not a host to open from", f"add {host} to the setting open_hosts"
            )
        return given


@dataclass(frozen=True, slots=True)
class OpenOptions:
    """How a companion opens something: with reader `plugin`, a single layer under this `name`.

    `once`: what was opened before is not opened again. `unasked`: its user does not know of it, so
    that only what is empty is changed, and no program run.
    """

    plugin: str | None = None
    name: str | None = None
    once: bool = False
    unasked: bool = False


NO_OPTIONS = OpenOptions()


@dataclass(frozen=True, slots=True)
class Opened:
    """What came of it: the `layers` that were added or found, where the companion tells."""

    way: Way
    layers: tuple[Layer, ...] = ()


@dataclass(frozen=True, slots=True)
class Opening:
    """The ways that there are, in the order of preference; each may be missing."""

    allowed: Allowed
    companion: Asked | None = None
    template: str | None = None
    launch: Launch | None = None
    drop: Drop | None = None

    @property
    def possible(self) -> bool:
        """Whether there is any way."""
        return any((self.companion, self.template and self.launch, self.drop))

    async def path(self, given: str, options: OpenOptions = NO_OPTIONS) -> Opened:
        """Open a file or folder; raises ApplicationError."""
        path = self.allowed.path(given)
        _check_unasked(str(path), options)
        if self.companion is None and self._command() is None and self.drop is not None:
            _refuse_to_guess(options)
            await self.drop([path])
            return Opened(Way.DROP)
        return await self._open(str(path), options)

    async def url(self, given: str, options: OpenOptions = NO_OPTIONS) -> Opened:
        """Open a URL; raises ApplicationError."""
        url = self.allowed.url(given)
        _check_unasked(url, options)
        return await self._open(url, options)

    async def _open(self, place: str, options: OpenOptions) -> Opened:
        if self.companion is not None:
            params = {"path": place, **asdict(options)}
            layers = await self.companion.ask("open", params, OPEN_WITHIN)
            return Opened(Way.COMPANION, tuple(Layer.parse(layer) for layer in layers))
        _refuse_to_guess(options)
        command = self._command()
        if command is None:
            raise CannotOpen("nobody knows how to open this in the application")
        template, launch = command
        await launch(fill(template, place))
        return Opened(Way.COMMAND)

    def _command(self) -> tuple[str, Launch] | None:
        return (self.template, self.launch) if self.template and self.launch else None


def fill(template: str, place: str) -> list[str]:
    """The words of a command, with `place` for each ``{path}``; no shell reads them."""
    return [word.replace("{path}", place) for word in shlex.split(template)]


def _check_unasked(place: str, options: OpenOptions) -> None:
    # Of a script that it opens napari runs the code.
    names = (place, urlsplit(place).path)
    if options.unasked and any(name.lower().endswith(".py") for name in names):
        raise IsProgram(f"{place} is a program, which would run")


def _refuse_to_guess(options: OpenOptions) -> None:
    if options.unasked:
        raise Occupied("nobody can tell whether something is open in this application")


def _is_plain(url: str, authority: str) -> bool:
    """Whether every reader of URLs finds the same host: ``http://a\\@b`` is at a, or at b."""
    return url.isprintable() and not set(url) & set(" \\") and "@" not in authority


def _matches(host: str, pattern: str) -> bool:
    if pattern.startswith("*."):
        return host.endswith(pattern[1:])
    return host == pattern

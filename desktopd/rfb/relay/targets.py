"""The RFB servers that websockify's token plugins name: one daemon in front of many desktops."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import nullcontext, suppress
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import Any

from desktopd.openers import read_little
from desktopd.rfb.relay.backlog import WatchersBacklogs
from desktopd.rfb.relay.relay_server import RelayServer
from desktopd.rfb.relay.upstream import Target, TcpTarget, UnixTarget
from desktopd.rfb.rfb_server import RfbServer
from desktopd.rfb.viewers.connection import Limits
from desktopd.rfb.viewers.pixel_path import PixelPath
from desktopd.threads import NoThreads

_log = logging.getLogger(__name__)

USUAL = Limits()
MADE_WITHIN = 5.0
"""Seconds for a plugin to read its source: no pipe, and no server that is away, is waited for."""
_PLUGINS = "websockify.token_plugins"
_PLUGIN_REMEDY = f"use a class of {_PLUGINS}, e.g. ReadOnlyTokenFile, or the dotted path of one"


class Targets:
    """The targets that a websockify token plugin knows.

    `plugin` is a class of websockify.token_plugins, or a dotted path; `source` is what it reads,
    e.g. a file of lines ``NAME: HOST:PORT`` or ``NAME: unix_socket:PATH`` for ReadOnlyTokenFile.
    `limits` are for each viewer. Raises ValueError when there is no such plugin or its source
    cannot be read.
    """

    def __init__(self, plugin: str, source: str, limits: Limits = USUAL) -> None:
        self._limits = limits
        self._watchers = WatchersBacklogs()
        self._name = plugin
        self._plugin = _construct(plugin, source)
        # Plugins reload what their lookups share, without a lock of their own.
        self._one_at_a_time = asyncio.Lock()
        self._one_watcher = asyncio.Lock()

    async def server(self, name: str, *, watching: bool = False) -> RfbServer | None:
        """The server called `name`, or None: there is none, or the log tells what went wrong.

        `watching`: for somebody who may only watch. Of those one is asked for at a time, so that
        nobody else waits for more than one.
        """
        async with self._one_watcher if watching else nullcontext():
            target = await self.resolve(name)
        if target is None:
            return None
        # Whoever runs it decides by its own passwords who may use its clipboard.
        return RelayServer(
            PixelPath.TARGET, target, clipboard=True, limits=self._limits, watchers=self._watchers
        )

    async def resolve(self, name: str, within: float = 10.0) -> Target | None:
        """The target called `name`, or None: there is none, or the log tells what went wrong.

        The lookup runs in a thread, for `within` seconds at most.
        """
        if "\0" in name or name.startswith("/") or ".." in name.split("/"):
            # UnixDomainSocketDirectory would also find what is beside its directory.
            return None
        try:
            async with asyncio.timeout(within), self._one_at_a_time:
                found = await asyncio.wrap_future(self._start_lookup(name))
            return None if found is None else _target(found)
        except TimeoutError:
            _log.error("%s gave no answer within %g s", self._name, within)
        except NoThreads as lack:
            _log.error("%s: %s", self._name, lack.strerror)
        except ValueError as error:
            _log.error("%s: %s", self._name, error)
        return None

    def _start_lookup(self, name: str) -> Future[Any]:
        def look_up() -> object:
            try:
                return self._plugin.lookup(name)
            except (Exception, SystemExit) as error:
                # Only the type: the text may hold the token, as a URL does.
                raise ValueError(f"lookup ended with {type(error).__name__}") from None

        return _begin(look_up)


def _begin(work: Callable[[], object]) -> Future[Any]:
    """Begin it in a thread, which may be left behind; raises NoThreads.

    A plugin may hang for minutes in the network; a thread of a pool would hold up the exit.
    """
    answer: Future[Any] = Future()
    answer.set_running_or_notify_cancel()

    def run() -> None:
        try:
            answer.set_result(work())
        except (Exception, SystemExit) as error:
            answer.set_exception(error)

    try:
        Thread(target=run, name="target plugin", daemon=True).start()
    except RuntimeError:
        raise NoThreads from None
    return answer


def _construct(name: str, source: str) -> Any:
    plugin_class = _plugin_class(name)
    # TokenRedis tells the log each token.
    logging.getLogger(_PLUGINS).setLevel(logging.WARNING)
    try:
        return _begin(lambda: _with_source(plugin_class, source)).result(MADE_WITHIN)
    except NoThreads:
        raise
    except OSError as error:
        why = error.strerror or str(error) or f"nothing comes from it in {MADE_WITHIN:g} s"
        raise ValueError(f"token source {source!r} of {name} cannot be read: {why}") from error
    except (Exception, SystemExit) as error:
        raise ValueError(
            f"token plugin {name} refuses its source: {type(error).__name__} {error}"
        ) from error


def _plugin_class(name: str) -> type:
    module, _, class_name = (name if "." in name else f"{_PLUGINS}.{name}").rpartition(".")
    try:
        found = getattr(import_module(module), class_name)
    except Exception as error:
        raise ValueError(f"token plugin {name!r}: {error}; {_PLUGIN_REMEDY}") from error
    if not isinstance(found, type) or not hasattr(found, "lookup"):
        raise ValueError(f"token plugin {name!r} is no class with lookup(token); {_PLUGIN_REMEDY}")
    return found


def _with_source(plugin_class: type, source: str) -> Any:
    """Make the plugin, and have what it reads from the disk read now."""
    known = import_module(_PLUGINS)
    if issubclass(plugin_class, (known.TokenFileName, known.UnixDomainSocketDirectory)):
        list(Path(source).iterdir())
    elif issubclass(plugin_class, known.JWTTokenApi):
        read_little(source)
    plugin = plugin_class(source)
    if isinstance(plugin, known.ReadOnlyTokenFile):
        plugin.lookup("")
    return plugin


def _target(found: object) -> Target:
    match found:
        case ["unix_socket", str(path)] if path:
            return UnixTarget(Path(path))
        case [str(host), str() | bytes() | int() as port] if host:
            with suppress(ValueError):
                if 1 <= int(port) <= 65535:
                    return TcpTarget(host.strip("[]"), int(port))
    raise ValueError(f"{found!r} is no target: expected HOST:PORT or unix_socket:PATH")

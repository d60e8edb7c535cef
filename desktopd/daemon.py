"""The daemon: builds the rooms from the settings, and runs their tasks, each by its name.

Tested by tests/x11/test_daemon.py.
"""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Callable, Coroutine, Set
from functools import partial

from pydantic import SecretStr

from desktopd import descriptors
from desktopd.application_on_desktop import session_application
from desktopd.applications.errors import NotSaved
from desktopd.arenas import keep_trimmed
from desktopd.budgets import Budget
from desktopd.config import ConfigError, Loaded, Settings
from desktopd.confinement.landlock import abi, lacking
from desktopd.control.heartbeat import keep_beating
from desktopd.control.report import Report, Reporter
from desktopd.control.supervisor import end_supervisor
from desktopd.doors import http_sockets, own_certificate, vnc_port
from desktopd.files.lasting import in_container
from desktopd.files.sweep import keep_swept
from desktopd.http.access.kept_token import forget_token, kept_token
from desktopd.http.access.links import Links
from desktopd.http.access.tokens import guessable
from desktopd.http.app import create_app
from desktopd.http.serving.link import link
from desktopd.http.serving.server import HttpServer
from desktopd.integrations.integration import Integration, connect
from desktopd.options import (
    budgets,
    http_options,
    obstacles,
    session_options,
    viewer_limits,
)
from desktopd.own_process import end_signal, set_limits, tell
from desktopd.rfb import choice
from desktopd.rfb.listeners.unix_socket import UnixSocketListener
from desktopd.rfb.viewers.control import ControlMode
from desktopd.rfb.viewers.people import People
from desktopd.rfb.viewers.pixel_path import PixelPath
from desktopd.rfb.viewers.viewers import Viewers
from desktopd.session.errors import SessionError
from desktopd.session.folder import claim, in_the_way, make_private, require_unmoved
from desktopd.session.logs import DAEMON_LOG, keep_small
from desktopd.session.options import SessionOptions
from desktopd.session.session import Session
from desktopd.tasks import NamedTasks, kept_up
from desktopd.threads import Threads

SAVE_WITHIN, SAVE_AT_MOST = 1.5, 3.0
"""Seconds. What ends us gives us 8 for everything (container/supervisord.conf), and Docker 10."""

PATIENCE = 2.0
"""Seconds within which our own work has to end: a disk that is away may hold it up for ever."""
WORKERS = 6
"""Threads for what blocks now and then (`asyncio.to_thread`)."""
_LAST = ("http", "heartbeat")
MEANT = frozenset({"asked", "idle", "integration"})
"""The tasks whose end is meant to be that of the desktop."""

log = logging.getLogger("desktopd")


async def run(loaded: Loaded) -> None:
    """Show a desktop until a signal ends it, or until nobody has used it for `idle_timeout`.

    Raises ConfigError, ListenError or SessionError, before anything starts or when one of its
    parts cannot go on. What has a lack behind it (`lack_behind`) passes.
    """
    set_limits()
    if too_few := descriptors.lacking():
        raise SessionError(too_few)
    asyncio.get_running_loop().set_default_executor(Threads(WORKERS, "worker"))
    await Daemon(loaded).run()


class Daemon:
    """One desktop and all that shows it. Has to be made while an event loop runs."""

    def __init__(self, loaded: Loaded) -> None:
        settings = self._settings = loaded.settings
        self._folder = loaded.runtime_dir
        self._integration = _integration(loaded)
        asked = session_options(loaded)
        token = self._prepare(asked)
        shares = budgets(settings)
        self._viewers = Viewers(People(ControlMode(settings.control)))
        self._application = session_application(loaded, self._session)
        self._links = Links(self._folder / "links.json")
        found = obstacles(loaded)
        for obstacle in found:
            log.warning("%s", obstacle)
        if asked.confinement is not None:
            _tell_what_keeps()
        options = http_options(
            loaded,
            token,
            shares,
            self._integration,
            lambda: self._viewers.last_input,
            self._links,
            found,
        )
        self._rfb = choice.create(
            PixelPath(asked.rfb),
            self._session,
            settings.app,
            viewer_limits(settings),
            options.trace,
            self._application.is_draft,
            settings.max_size,
        )
        self._application.on_draft(self._rfb.look)
        self._files = options.files
        try:
            app = create_app(options, self._session, self._application, self._viewers, self._rfb)
        except ValueError as error:
            raise ConfigError(str(error)) from None
        self._certificate, self._fingerprint = own_certificate(settings, self._folder)
        tls = self._certificate.context() if self._certificate else None
        self._http = HttpServer(
            app, http_sockets(settings), tls=tls, strangers=shares[Budget.CONNECTIONS]
        )
        vnc_tls = self._certificate.context() if self._certificate else None
        self._vnc_port = vnc_port(settings, self._viewers, self._rfb, shares, vnc_tls)
        self._sockets = [
            UnixSocketListener(place, self._rfb, self._viewers)
            for place in (self._rfb.socket, settings.rfb_socket)
            if place is not None
        ]
        # Who has set a token knows it; and nobody needs ours where something else lets users in.
        told = token if settings.token is None and settings.auth == "token" else None
        address = self._http.addresses[0]
        self._link = link(address, settings.base_url, told, settings.public_url)

    def _prepare(self, options: SessionOptions) -> str:
        """Take the runtime folder and what an earlier daemon left there; returns the token."""
        given = self._settings.token
        _warn_of_weak_tokens(self._settings)
        try:
            make_private(self._folder)
            # A container is one user's, and its volumes are often open.
            if not in_container():
                require_unmoved(self._folder)
            self._claim = claim(self._folder)
            self._reporter = Reporter(self._folder, self._report)
            self._session = Session(options)
            return given.get_secret_value() if given else kept_token(self._folder)
        except OSError as error:
            raise in_the_way(error) from None

    async def run(self) -> None:
        """Run everything, and end it all together."""
        asked = end_signal()
        own = {"asked": asked.wait(), **self._tasks()}
        try:
            async with NamedTasks(own, patience=PATIENCE, patient=("session",)) as tasks:
                tell(f"\n    {self._link}\n{self._hint()}\n")
                ended = await tasks.first()
                await self._end(tasks, ended)
        finally:
            # Threads of a disk that is away may hold up the end of the process, but no successor.
            os.close(self._claim)
        if not ended & MEANT and not tasks.errors:
            raise RuntimeError(f"{', '.join(ended)}: ended by itself")

    async def _end(self, tasks: NamedTasks, ended: Set[str]) -> None:
        if "idle" in ended:
            log.info("no input for %d seconds: ending", self._settings.idle_timeout)
            end_supervisor()
        try:
            await self._application.save(SAVE_WITHIN, SAVE_AT_MOST)
        except NotSaved as error:
            log.warning("%s", error)
        except Exception:
            # Whatever the companion answers, the desktop ends.
            log.exception("the session of the application is not saved")
        # A disk that holds our own work up keeps no desktop running.
        await asyncio.gather(tasks.cancel(but=(*_LAST, "session")), self._end_desktop(tasks, ended))

    async def _end_desktop(self, tasks: NamedTasks, ended: Set[str]) -> None:
        """End what is shown, unless a mistake of ours ends us: its successor goes on with it."""
        await tasks.cancel("session")
        errors = tasks.errors.values()
        is_meant = bool(ended & MEANT or errors)
        if is_meant and all(isinstance(error, SessionError) for error in errors):
            await asyncio.gather(self._shut(), self._session.stop())
            await self._application.note_end_on_purpose()

    async def _shut(self) -> None:
        """Let nobody in any more: whoever ends us may not wait for what a disk keeps."""
        await self._http.stop()
        if not self._settings.keep_token:
            forget_token(self._folder)
        self._links.forget()

    def _tasks(self) -> dict[str, Coroutine[None, None, object]]:
        """What runs for as long as the daemon. The end of one is the end of all."""
        tasks: dict[str, Coroutine[None, None, object]] = {
            "http": self._http.serve(),
            "session": self._session.run(),
            "rfb": self._rfb.run(),
            "idle": _idle(self._viewers, self._settings.idle_timeout),
            # Without it nobody finds the daemon, to ask or to end it.
            "reporter": self._reporter.serve(),
            "heartbeat": keep_beating(),
        }
        for listener in self._sockets:
            tasks[f"viewers at {listener.path}"] = listener.serve()
        if self._vnc_port is not None:
            tasks["vnc_port"] = self._vnc_port.serve()
        return tasks | {name: kept_up(name, work) for name, work in self._helpers().items()}

    def _helpers(self) -> dict[str, Callable[[], Coroutine[None, None, object]]]:
        """What the desktop can be without for a while: an error in one of them ends nothing."""
        helpers: dict[str, Callable[[], Coroutine[None, None, object]]] = {
            "memory": keep_trimmed,
            "log": partial(keep_small, [self._folder / DAEMON_LOG]),
        }
        if (files := self._files) is not None:
            helpers["uploads"] = partial(keep_swept, files.staging, files.records, files.disk)
            if files.results is not None:
                helpers["results"] = partial(files.results.watch, files.disk)
        if self._application.companion is not None:
            helpers["companion"] = self._application.companion.run
        if self._integration is not None:
            helpers["integration"] = partial(
                self._integration.run, lambda: self._viewers.last_input
            )
        if self._certificate is not None:
            helpers["certificate"] = self._certificate.follow
        return helpers

    def _hint(self) -> str:
        """What goes with the printed address: a fingerprint, and what may be another outside."""
        told = ""
        if self._fingerprint:
            told = f"    SHA-256 fingerprint of its certificate: {self._fingerprint}\n"
        return told + self._outside()

    def _outside(self) -> str:
        """What may be another in the address, as nobody can tell from inside."""
        if self._settings.public_url or self._settings.unix_socket or not in_container():
            return ""
        port = self._http.sockets[0].getsockname()[1]
        return (
            f"    Where the container's port {port} is published as another, e.g. -p 9601:{port}, "
            "that one stands\n    in the address; public_url sets what is printed here.\n"
        )

    def _report(self) -> Report:
        by_tcp = self._settings.unix_socket is None
        return Report(
            address=self._link,
            port=self._http.sockets[0].getsockname()[1] if by_tcp else None,
            vnc=self._vnc_port.address if self._vnc_port else None,
            stage=self._session.status.stage,
            viewers=tuple(viewer.role for viewer in self._viewers),
        )


def _warn_of_weak_tokens(settings: Settings) -> None:
    for name in ("token", "view_token"):
        given: SecretStr | None = getattr(settings, name)
        if given is not None and (risk := guessable(given.get_secret_value())):
            log.warning("%s: %s, e.g. by `openssl rand -hex 16`", name, risk)


def _tell_what_keeps() -> None:
    version = abi()
    if weakness := lacking(version):
        log.warning("lockdown: %s; Python alone keeps that (docs/lockdown.md)", weakness)
    else:
        log.info("lockdown: the kernel keeps it too (Landlock %d)", version)


def _integration(loaded: Loaded) -> Integration | None:
    """What ``auth`` stands for beyond tokens."""
    if not loaded.hub:
        return None
    try:
        return connect(loaded.settings.auth, loaded.hub)
    except ValueError as error:
        raise ConfigError(str(error)) from None


async def _idle(viewers: Viewers, seconds: int) -> None:
    """Return once nobody has typed or pointed for so long; never with 0."""
    started = time.monotonic()
    while True:
        left = (viewers.last_input or started) + seconds - time.monotonic()
        if seconds and left <= 0:
            return
        await asyncio.sleep(left if seconds else 3600)

"""The companion of one napari: its parts put together, and what it tells the daemon."""

from __future__ import annotations

import logging
import os
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from typing import IO, Any

from qtpy.QtCore import QObject

from desktopd.arenas import trim
from desktopd.integrations.napari.changes import Changes
from desktopd.integrations.napari.drawing import Drawing
from desktopd.integrations.napari.errors import ErrorLog
from desktopd.integrations.napari.folders import begin_in, offer_samples
from desktopd.integrations.napari.layers import describe_all
from desktopd.integrations.napari.lockdown.audit import Audit
from desktopd.integrations.napari.lockdown.inside import Inside
from desktopd.integrations.napari.lockdown.lockdown import lock_down
from desktopd.integrations.napari.lockdown.network import has_network
from desktopd.integrations.napari.lockdown.system_calls import refuse_system_calls
from desktopd.integrations.napari.main_thread import MainThread
from desktopd.integrations.napari.methods import METHODS
from desktopd.integrations.napari.motion.viewer_motion import ViewerMotion
from desktopd.integrations.napari.place import Place
from desktopd.integrations.napari.protocol import (
    VERSION,
    CompanionRequest,
    Failure,
    FailureKind,
    event,
    failure,
    result,
)
from desktopd.integrations.napari.server import Answer, Server
from desktopd.integrations.napari.session.keeper import Keeper

COALESCED = 0.1
TRIM_EVERY = 30.0
POLL = 0.05

log = logging.getLogger(__name__)


class Companion:
    """Answers the daemon; made in the main thread, before napari has a window."""

    def __init__(self, place: Place, lock: IO[bytes]) -> None:
        from napari import __version__

        self._napari = str(__version__)
        self._place: Place | None = place
        self._inside = _inside(place) if place.lockdown else None
        self.main = MainThread()
        self.workers = ThreadPoolExecutor(1, "desktopd companion")
        self.viewer: Any = None
        self.drawing = Drawing()
        self.motion = ViewerMotion(place.motion, self.main, self._tell_state, self._tell_draft)
        self.keeper = Keeper(self.main, place.session) if place.restore else None
        self.errors = ErrorLog(place.last_words(), self._tell_state)
        # As long as this is open, the place is ours.
        self._lock = lock
        self._held_keys: QObject | None = None
        self._layers: list[dict[str, Any]] = []
        self._prepared: Any = None
        self._layers_are_due = self._opens = self._is_closed = False
        self._server = Server(place.socket, self._asked, self._greeting)
        self._server.start()
        self._install_canvas()
        self.main.post(self._find_viewer)
        self.main.post(self._give_back)

    @property
    def state(self) -> dict[str, Any]:
        """What the daemon is told without asking; may be read in any thread."""
        return {
            "version": VERSION,
            "napari": self._napari,
            "pid": os.getpid(),
            "ready": self.viewer is not None,
            "methods": sorted(self._methods()),
            "renderer": self.drawing.renderer,
            "motion": self.motion.state,
            "errors": self.errors.errors,
            **(self.keeper.state if self.keeper else {"restored": None, "saved": None}),
        }

    def _methods(self) -> set[str]:
        return METHODS.keys() - (set() if self.keeper else {"save"})

    def _give_back(self) -> None:
        """Give back again and again, when nothing is drawn, the memory that resizes leave."""
        self.main.later(TRIM_EVERY, self._give_back)
        if not self.drawing.frame_rate:
            self.workers.submit(trim)

    def _install_canvas(self) -> None:
        try:
            from desktopd.integrations.napari import float_volumes, raster_canvas

            raster_canvas.install()
            float_volumes.install()
        except Exception:
            log.warning("desktopd: napari draws as it does elsewhere", exc_info=True)

    def _keep_held_keys(self) -> None:
        try:
            from desktopd.integrations.napari.held_keys import HeldKeys

            self._held_keys = HeldKeys()
        except (OSError, AttributeError):
            log.warning("desktopd: a held key may look like many", exc_info=True)

    def _find_viewer(self) -> None:
        """Wait for a viewer, and for the event loop: then the command line has been done.

        While a dialog is open it may not have been.
        """
        from napari import current_viewer

        viewer = current_viewer()
        if viewer is None or not self.main.loops:
            self.main.later(POLL, self._find_viewer)
            return
        if self._prepared is not viewer:
            self._prepare(viewer)
            self._prepared = viewer
        if self.main.has_dialog:
            self.main.later(POLL, self._find_viewer)
            return
        self._attach(viewer)

    def _prepare(self, viewer: Any) -> None:
        """Do what waits for no dialog: who sits before it has a viewer already."""
        self._lock_down(viewer)
        self.errors.follow_napari()
        self._offer_folders()
        if self._held_keys is None:
            self._keep_held_keys()
        # What was open before is opened again after this.
        self._close()

    def _attach(self, viewer: Any) -> None:
        self.motion.follow(viewer)
        self.drawing.follow(viewer)
        # napari's events do not keep alive who hears them.
        self._changes = Changes(self.main)
        self._changes.add(self._on_change)
        if self.keeper:
            self.keeper.keep(viewer, self._changes, self._tell_state)
        self._changes.follow(viewer)
        self.viewer = viewer
        viewer.window._qt_window.destroyed.connect(self._lost_viewer)
        self._tell_state()

    def _lock_down(self, viewer: Any) -> None:
        """Take from this viewer what its user must not have; without that napari ends."""
        if self._inside is None:
            return
        try:
            lock_down(viewer, self._inside)
            if (place := self._place) is not None:
                own = (place.folder, *(self.keeper.own if self.keeper else ()))
                sys.addaudithook(Audit(self._inside, own))
        except Exception:
            log.critical("desktopd: napari cannot be locked down", exc_info=True)
            os._exit(1)

    def _close(self) -> None:
        """Once for a process: by now it has all connections that it is to have."""
        if self._inside is None or self._is_closed:
            return
        self._is_closed = True
        try:
            refuse_system_calls(network=has_network(self._inside))
        except OSError as error:
            log.warning("desktopd: Python alone keeps programs and sockets from napari: %s", error)

    def _offer_folders(self) -> None:
        """Once for a process: whatever napari makes of them, its window comes first."""
        place, self._place = self._place, None
        if place is None:
            return
        try:
            if place.files is not None:
                begin_in(place.files)
            if place.samples is not None:
                offer_samples(place.samples)
        except Exception:
            log.warning("desktopd: napari does not take the folders", exc_info=True)

    def _lost_viewer(self) -> None:
        self.viewer = self._prepared = None
        self.motion.lost()
        self._tell_state()
        self._find_viewer()

    def _on_change(self, layer: Any) -> None:
        if not self._layers_are_due:
            self._layers_are_due = True
            self.main.later(COALESCED, self._tell_layers)

    def _tell_layers(self) -> None:
        self._layers_are_due = False
        if self.viewer is None:
            return
        now = describe_all(self.viewer)
        if now != self._layers:
            self._layers = now
            self._server.tell(event("layers", now))

    def _tell_state(self) -> None:
        self._server.tell(event("state", self.state))

    def _tell_draft(self, is_draft: bool) -> None:
        self._server.tell(event("draft", is_draft))

    def _greeting(self) -> bytes:
        return event("state", self.state) + event("layers", self._layers)

    def _asked(self, request: CompanionRequest, answer: Answer) -> None:
        """Take a request, in the thread of the server."""
        if request.method == "status":
            answer(result(request.id, {**self.state, "frame_rate": self.drawing.frame_rate}))
        elif request.method in self._methods():
            self.main.post(lambda: self._perform(request, answer))
        else:
            answer(
                failure(request.id, Failure(FailureKind.REQUEST, f"no method {request.method!r}"))
            )

    def _perform(self, request: CompanionRequest, answer: Answer) -> None:
        """Do what a request asks, in the main thread; a Future is answered when it is done."""
        if request.method == "open":
            # While napari reads a file it lets events in, and requests are some.
            if self._opens:
                self.main.later(POLL, lambda: self._perform(request, answer))
                return
            self._opens = True
        value: Any = Future()
        try:
            if self.viewer is None:
                raise Failure(FailureKind.STARTING, "napari has no window yet")
            value = METHODS[request.method](self, request.params)
        except Exception as error:
            value.set_exception(error)
        finally:
            self._opens = self._opens and request.method != "open"
        if not isinstance(value, Future):
            answer(result(request.id, value))
            return
        value.add_done_callback(lambda future: answer(_outcome(request.id, future)))


def _inside(place: Place) -> Inside:
    return Inside(filter(None, (place.files, place.samples)), place.hosts)


def _outcome(id: int, future: Future[Any]) -> bytes:  # noqa: A002
    error = future.exception()
    if error is None:
        return result(id, future.result())
    if isinstance(error, Failure):
        return failure(id, error)
    log.warning("desktopd: a request failed", exc_info=error)
    return failure(id, Failure(FailureKind.FAILED, f"{type(error).__name__}: {error}"))

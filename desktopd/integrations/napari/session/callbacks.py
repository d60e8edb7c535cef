"""Callbacks of a script, and of plugins, while a session is put back.

Tested by tests/unit/integrations/napari/session/test_callbacks.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from desktopd.integrations.napari.session.attempt import attempt
from desktopd.integrations.napari.session.overlays import overlays_of

OWN = ("napari.", "desktopd.", "psygnal.")
"""How names of the modules begin whose callbacks are no others'."""


class Callbacks:
    """What others than napari have connected to the events of any of its objects.

    napari calls these first: one that raises would keep what draws a layer, and the list of them,
    from hearing of it. And what they change of layers is not what was saved of these. Blockers of
    napari would do for the second alone, and only for the emitters that somebody knows of.
    """

    def __init__(self, viewer: Any) -> None:
        self._viewer = viewer
        self.were_called = False
        self._are_heard = True

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """Have one that raises be no matter of whoever has caused the event.

        Those of selected points and of overlays, which are psygnal's, are not called at all.
        """
        from napari.utils.events import EventEmitter

        invoke = EventEmitter._invoke_callback

        def guarded(emitter: Any, callback: Any, event: Any) -> None:
            if _is_own(callback):
                invoke(emitter, callback, event)
            elif self._are_heard:
                self.were_called = True
                attempt(f"callback {_name(callback)}", partial(invoke, emitter, callback, event))

        EventEmitter._invoke_callback = guarded
        try:
            with _without_others(self._viewer):
                yield
        finally:
            EventEmitter._invoke_callback = invoke

    @contextmanager
    def unheard(self) -> Iterator[None]:
        """Have none of them called, in a block of `guarded`; napari's own parts hear all."""
        self._are_heard = False
        try:
            yield
        finally:
            self._are_heard = True


def _signals_of(viewer: Any) -> Iterator[Any]:
    """The signals of psygnal's that a viewer and its layers have."""
    for owner in (viewer, *viewer.layers):
        for part in (*overlays_of(owner).values(), getattr(owner, "selected_data", None)):
            group: Any = getattr(part, "events", None)
            if hasattr(group, "signals"):
                yield from (*group.signals.values(), group.all)


@contextmanager
def _without_others(viewer: Any) -> Iterator[None]:
    """Have those signals call none of what others have connected; psygnal blocks all or none."""
    taken: list[tuple[Any, Any]] = []

    def take() -> None:
        for signal in _signals_of(viewer):
            for slot in [one for one in signal._slots if not _is_own(one.dereference())]:
                signal._slots.remove(slot)
                taken.append((signal, slot))

    attempt("to have signals unheard", take)
    try:
        yield
    finally:
        for signal, slot in taken:
            signal._slots.append(slot)


def _name(callback: Any) -> str:
    # A repr is that of its object as well, which may take long, or raise.
    return str(getattr(callback, "__qualname__", type(callback).__qualname__))


def _is_own(callback: Any) -> bool:
    while isinstance(callback, partial):
        callback = callback.func
    # A method of napari may be one of a plugin's class, and the other way round.
    owner = type(getattr(callback, "__self__", None))
    return any(str(getattr(one, "__module__", "")).startswith(OWN) for one in (callback, owner))

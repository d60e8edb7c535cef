"""How large programs draw: tells them the dots an inch, live, as their XSETTINGS manager.

What is read once, at a program's start, stands in the root window's RESOURCE_MANAGER, where a later
daemon finds the scale again. Which size goes with it is in scaled_screen. Tested by
tests/x11/test_scale.py.
"""

from __future__ import annotations

import logging
from functools import partial
from typing import Any

from Xlib import X, Xatom
from Xlib.protocol import event as core

from desktopd.geometry import LARGEST_SCALE, SMALLEST_SCALE
from desktopd.x11.connection import Connection, Display, Event, x_errors
from desktopd.x11.screen.xsettings import dpi_settings, encode
from desktopd.x11.selections.properties import Window, make_window
from desktopd.x11.selections.transfer import server_time

log = logging.getLogger(__name__)

_SELECTION = "_XSETTINGS_S0"
_SETTINGS = "_XSETTINGS_SETTINGS"
_RESOURCE = "Xft.dpi"
_MOST = 64 * 1024
"""Bytes of RESOURCE_MANAGER that are kept: any program may write there, and far more."""


class DesktopScale:
    """The scale of all programs on a display; 1 is for `dpi` dots an inch.

    `value` is None where another XSETTINGS manager rules, as that of Xfce.
    """

    def __init__(self, connection: Connection, window: Window, dpi: int, value: float) -> None:
        self.value: float | None = value
        self._connection = connection
        self._window = window
        self._dpi = dpi
        self._serial = 0
        connection.subscribe(self._on_event)

    @classmethod
    async def open(cls, connection: Connection, dpi: int) -> DesktopScale:
        """Take over from nobody; the scale is that of an earlier daemon, or 1. Raises XError."""
        window = await connection.call(make_window)
        known = (await connection.call(_told_dpi) or dpi) / dpi
        # Any program may have written what stands there.
        is_ours = SMALLEST_SCALE <= known <= LARGEST_SCALE
        scale = cls(connection, window, dpi, known if is_ours else 1.0)
        time = await server_time(connection, window)
        if not await connection.call(partial(_own, window, time)):
            scale.value = None
            return scale
        await scale._tell(scale._dpi * (scale.value or 1.0))
        await connection.call(partial(_announce, window, time))
        return scale

    async def set(self, value: float) -> None:
        """Have programs draw at this scale from now on, where that is for us to say."""
        if self.value in (None, value):
            return
        self.value = value
        await self._tell(self._dpi * value)

    async def _tell(self, dpi: float) -> None:
        self._serial += 1
        data = encode(dpi_settings(dpi), self._serial)
        await self._connection.call(partial(_write, self._window, data, dpi))

    def _on_event(self, event: Event) -> None:
        if isinstance(event, core.SelectionClear) and event.window.id == self._window.id:
            log.info("another XSETTINGS manager rules: the scale stays as it is")
            self.value = None


# From here on: run in the X thread.


def _own(window: Window, time: int, display: Display) -> bool:
    selection = display.get_atom(_SELECTION)
    display.grab_server()
    try:
        if display.get_selection_owner(selection) != X.NONE:
            return False
        window.set_selection_owner(selection, time)
    finally:
        display.ungrab_server()
        display.flush()
    return bool(display.get_selection_owner(selection) == window)


def _announce(window: Window, time: int, display: Display) -> None:
    root = display.screen().root
    data = [time, display.get_atom(_SELECTION), window.id, 0, 0]
    message = core.ClientMessage(
        window=root, client_type=display.get_atom("MANAGER"), data=(32, data)
    )
    root.send_event(message, event_mask=X.StructureNotifyMask)
    display.flush()


def _write(window: Window, data: bytes, dpi: float, display: Display) -> None:
    settings = display.get_atom(_SETTINGS)
    kept = [line for line in _resources(display) if not line.startswith(f"{_RESOURCE}:")]
    resources = "".join(f"{line}\n" for line in [*kept, f"{_RESOURCE}:\t{dpi:g}"])
    with x_errors(display, f"the scale for {dpi:g} dots an inch"):
        display.screen().root.change_property(
            Xatom.RESOURCE_MANAGER, Xatom.STRING, 8, resources.encode("latin-1")
        )
        window.change_property(settings, settings, 8, data)


def _resources(display: Display) -> list[str]:
    root: Any = display.screen().root
    found = root.get_property(Xatom.RESOURCE_MANAGER, Xatom.STRING, 0, _MOST // 4)
    if found is None or found.bytes_after:
        return []
    value = found.value if isinstance(found.value, bytes) else bytes(found.value)
    return value.decode("latin-1").splitlines()


def _told_dpi(display: Display) -> float | None:
    """What RESOURCE_MANAGER says; None where that is nothing of use."""
    for line in _resources(display):
        name, _, value = line.partition(":")
        if name == _RESOURCE:
            try:
                return max(1.0, float(value))
            except ValueError:
                return None
    return None

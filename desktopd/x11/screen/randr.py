"""Changes of the screen's size as RandR requests (protocol 1.3), run in the X thread.

When which change is made is decided in size. Tested by tests/x11/test_size.py.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from Xlib import X
from Xlib.ext import randr

from desktopd.geometry import Size
from desktopd.x11.errors import XError, XRequestError, x_errors
from desktopd.x11.xlib_patches import Display

MILLIMETRES_PER_INCH = 25.4
REFRESH_RATE = 60
LARGEST_CLOCK = 2**32 - 1
# Modes of this name are ours: made for one size and dropped with it.
MODE_PREFIX = "desktopd-"
NO_MODE = 0

logger = logging.getLogger(__name__)


def follow(display: Display) -> Size:
    """Ask for RRScreenChangeNotify events; returns the size of the screen now."""
    if not display.has_extension(randr.extname):
        raise XError("the X server has no RANDR: start it with `+extension RANDR`")
    with x_errors(display, "RRSelectInput"):
        display.screen().root.xrandr_select_input(randr.RRScreenChangeNotifyMask)
    return screen_size(display)


def told_size(event: Any) -> Size | None:
    """The size of the screen that an event tells; None for any but RRScreenChangeNotify."""
    # python-xlib makes a class of that name for each connection.
    if type(event).__name__ != randr.ScreenChangeNotify.__name__:
        return None
    return Size(event.width_in_pixels, event.height_in_pixels)


def screen_size(display: Display) -> Size:
    """The size of the screen now."""
    geometry = display.screen().root.get_geometry()
    return Size(geometry.width, geometry.height)


def set_screen_size(display: Display, size: Size, dpi: float) -> None:
    """Give the screen and what its output shows this size, in one step for all other clients.

    Raises XRequestError when X refuses a part of it; the screen then is as it was.
    """
    display.grab_server()
    try:
        output = _find_output(display)
        try:
            _change(output, size, dpi)
        finally:
            output.drop_modes()
    finally:
        display.ungrab_server()
        display.flush()


def _change(output: _Output, size: Size, dpi: float) -> None:
    before = screen_size(output.display)
    mode = output.add_mode(size)
    try:
        # At no moment may a CRTC reach beyond the screen (RRSetScreenSize, RRSetCrtcConfig).
        if _fits(size, before):
            output.show(mode, size)
            _set_screen(output.display, size, dpi)
        else:
            if not _fits(output.size, size):
                output.show(NO_MODE, size)
            _set_screen(output.display, size, dpi)
            output.show(mode, size)
    except XRequestError:
        _set_screen(output.display, before, dpi)
        output.show(output.mode, before)
        raise


def _fits(inner: Size, outer: Size) -> bool:
    return inner.width <= outer.width and inner.height <= outer.height


def _set_screen(display: Display, size: Size, dpi: float) -> None:
    width, height = (
        max(1, round(pixels * MILLIMETRES_PER_INCH / dpi)) for pixels in (size.width, size.height)
    )
    with x_errors(display, f"RRSetScreenSize {size}"):
        display.screen().root.xrandr_set_screen_size(size.width, size.height, width, height)


@dataclass(frozen=True, slots=True)
class _Output:
    """The output that shows the screen, with its CRTC, and what that showed when it was read."""

    display: Display
    number: int
    crtc: int
    mode: int
    size: Size

    def add_mode(self, size: Size) -> int:
        """A mode of this size, offered by the output."""
        mode = self._our_modes().get(_mode_name(size))
        if mode is None:
            with x_errors(self.display, f"RRCreateMode {size}"):
                root = self.display.screen().root
                mode = int(root.xrandr_create_mode(_timing(size), _mode_name(size)).mode)
        with x_errors(self.display, f"RRAddOutputMode {size}"):
            self.display.xrandr_add_output_mode(self.number, mode)
        return mode

    def show(self, mode: int, size: Size) -> None:
        """Have the CRTC show `mode`; `size` is what it is wanted for."""
        outputs = [] if mode == NO_MODE else [self.number]
        time = _resources(self.display).config_timestamp
        with x_errors(self.display, f"RRSetCrtcConfig {size}"):
            reply = self.display.xrandr_set_crtc_config(
                self.crtc, time, 0, 0, mode, randr.Rotate_0, outputs, X.CurrentTime
            )
        if reply.status != randr.SetConfigSuccess:
            raise XRequestError(f"RRSetCrtcConfig {size}: status {reply.status}")

    def drop_modes(self) -> None:
        """Drop the modes we made, but for the one in use. A mode that stays does no harm."""
        time = _resources(self.display).config_timestamp
        used = self.display.xrandr_get_crtc_info(self.crtc, time).mode
        offered = self.display.xrandr_get_output_info(self.number, time).modes
        for name, mode in self._our_modes().items():
            if mode == used:
                continue
            try:
                with x_errors(self.display, f"RRDestroyMode {name}"):
                    if mode in offered:
                        self.display.xrandr_delete_output_mode(self.number, mode)
                    self.display.xrandr_destroy_mode(mode)
            except XRequestError as refusal:
                logger.warning("%s", refusal)

    def _our_modes(self) -> dict[str, int]:
        modes = _modes(_resources(self.display))
        return {name: mode for name, mode in modes if name.startswith(MODE_PREFIX)}


def _find_output(display: Display) -> _Output:
    """The output with a picture; after an interrupted change, the first that could have one."""
    resources = _resources(display)
    time = resources.config_timestamp
    infos = [(number, display.xrandr_get_output_info(number, time)) for number in resources.outputs]
    usable = [(number, info) for number, info in infos if info.crtcs]
    if not usable:
        raise XError("the X server has no RandR output with a CRTC")
    number, info = min(usable, key=lambda pair: (pair[1].crtc == X.NONE, pair[1].connection))
    crtc = info.crtc or info.crtcs[0]
    shown = display.xrandr_get_crtc_info(crtc, time)
    return _Output(display, number, crtc, shown.mode, Size(shown.width, shown.height))


def _resources(display: Display) -> Any:
    return display.screen().root.xrandr_get_screen_resources_current()


def _modes(resources: Any) -> Iterator[tuple[str, int]]:
    position = 0
    for mode in resources.modes:
        yield resources.names[position : position + mode.name_length], mode.id
        position += mode.name_length


def _mode_name(size: Size) -> str:
    return f"{MODE_PREFIX}{size}"


def _timing(size: Size) -> dict[str, int]:
    """A mode without blanking: on a virtual screen only its refresh rate has a meaning."""
    return {
        "id": 0,
        "width": size.width,
        "height": size.height,
        "dot_clock": min(size.width * size.height * REFRESH_RATE, LARGEST_CLOCK),
        "h_sync_start": size.width,
        "h_sync_end": size.width,
        "h_total": size.width,
        "h_skew": 0,
        "v_sync_start": size.height,
        "v_sync_end": size.height,
        "v_total": size.height,
        "name_length": len(_mode_name(size)),
        "flags": 0,
    }

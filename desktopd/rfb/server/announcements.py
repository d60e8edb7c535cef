"""What one viewer is told beside its picture: extensions, size, clipboard, lock lights, pointer.

Who tells what in which order is here; the size and the clipboard have files of their own.
"""

from __future__ import annotations

from collections.abc import Callable

from desktopd.rfb.encoders import cursor as cursors
from desktopd.rfb.protocol import rectangles, server_messages
from desktopd.rfb.protocol.encodings import Encoding
from desktopd.rfb.protocol.pixel_format import NATIVE, PixelFormat
from desktopd.rfb.server.client_display import ClientDisplay
from desktopd.rfb.server.clipboard_sync import ClipboardSync
from desktopd.rfb.server.desktop_size import DesktopSize

_EXTENSIONS = (Encoding.QEMU_EXTENDED_KEY_EVENT, Encoding.EXTENDED_MOUSE_BUTTONS)
_CURSORS = frozenset({Encoding.CURSOR, Encoding.CURSOR_WITH_ALPHA, Encoding.VMWARE_CURSOR})


class Announcements:
    """Tells a viewer what it understands of the display, and what is new."""

    def __init__(
        self,
        send: Callable[[bytes], None],
        display: ClientDisplay,
        desktop_size: DesktopSize,
        clipboard: ClipboardSync | None,
    ) -> None:
        """`send` takes messages for the viewer; `clipboard` is None where it may not use that."""
        self._send = send
        self._display = display
        self._desktop_size = desktop_size
        self._clipboard = clipboard
        self._encodings: frozenset[int] = frozenset()
        self._pixel_format = NATIVE

    def choose_format(self, pixel_format: PixelFormat) -> None:
        """Draw the pointer in these pixels from now on, and tell the colours of a colour map."""
        self._pixel_format = pixel_format
        if not pixel_format.true_colour:
            self._send(server_messages.set_colour_map_entries())

    def choose_encodings(self, encodings: frozenset[int]) -> None:
        """Tell what the viewer did not understand before and, with these, does now."""
        new, self._encodings = encodings - self._encodings, encodings
        self._extensions(new)
        self._desktop_size.agree(encodings)
        if self._clipboard is not None:
            self._clipboard.agree(encodings)
        if Encoding.QEMU_LED_STATE in new:
            self.leds()
        if new & _CURSORS:
            self.cursor()

    def _extensions(self, new: frozenset[int]) -> None:
        """Say which extensions of its own messages may be used."""
        if Encoding.CONTINUOUS_UPDATES in new:
            self._send(server_messages.end_of_continuous_updates())
        announced = [rectangles.announcement(one) for one in _EXTENSIONS if one in new]
        if announced:
            self._send(rectangles.framebuffer_update(announced))

    def clipboard(self) -> None:
        """Tell that an application has copied a text."""
        if self._clipboard is not None:
            self._clipboard.copied()

    def cursor(self) -> None:
        """Tell the shape of the pointer, in the best form that the viewer understands."""
        cursor = self._display.cursor
        if Encoding.CURSOR_WITH_ALPHA in self._encodings:
            self._tell(cursors.cursor_with_alpha(cursor))
        elif Encoding.VMWARE_CURSOR in self._encodings:
            self._tell(cursors.vmware_cursor(cursor))
        elif Encoding.CURSOR in self._encodings:
            self._tell(cursors.cursor(cursor, self._pixel_format))

    def leds(self) -> None:
        """Tell the locks of the keyboard."""
        if Encoding.QEMU_LED_STATE in self._encodings:
            self._tell(rectangles.qemu_led_state(self._display.leds))

    def _tell(self, rectangle: bytes) -> None:
        self._send(rectangles.framebuffer_update([rectangle]))

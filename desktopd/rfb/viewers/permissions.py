"""What of a viewer's messages reaches the server, and what each one tells about the viewer."""

from __future__ import annotations

from collections.abc import Callable

from desktopd.geometry import Size
from desktopd.rfb.protocol.client_messages import (
    ClientCutText,
    ClientFence,
    EnableContinuousUpdates,
    FramebufferUpdateRequest,
    SetDesktopSize,
    SetEncodings,
    SetPixelFormat,
)
from desktopd.rfb.protocol.handshake import (
    AuthenticationResponse,
    ClientInit,
    ProtocolVersion,
    SecurityChoice,
)
from desktopd.rfb.protocol.input_events import KeyEvent, PointerEvent, QemuKeyEvent
from desktopd.rfb.protocol.message import ClientMessage
from desktopd.rfb.viewers.pixel_path import PixelPath, codec
from desktopd.rfb.viewers.viewer import Role, Viewer

_FOR_EVERYONE = (
    ProtocolVersion,
    SecurityChoice,
    AuthenticationResponse,
    ClientInit,
    SetPixelFormat,
    SetEncodings,
    FramebufferUpdateRequest,
    EnableContinuousUpdates,
    ClientFence,
)
_SHARED_CLIENT_INIT = b"\x01"


class ViewerPermissions:
    """Lets through what `viewer` may say.

    A viewer without control reaches the server only with what it needs to see the picture.
    `clipboard`: whether ClientCutText goes through. `on_resize` hears of each SetDesktopSize.
    """

    def __init__(
        self, viewer: Viewer, on_resize: Callable[[Size], None] | None, *, clipboard: bool
    ) -> None:
        self._viewer = viewer
        self._on_resize = on_resize
        self._clipboard = clipboard

    def admit(self, message: ClientMessage) -> bytes:
        """The whole message that goes to the server for this one; empty when it is dropped."""
        if self._viewer.role is not Role.CONTROL and not isinstance(message, _FOR_EVERYONE):
            return b""
        match message:
            case ClientInit():
                # An exclusive viewer would throw all others out.
                return _SHARED_CLIENT_INIT
            case SetEncodings(encodings=encodings):
                if self._viewer.path is not PixelPath.NATIVE:
                    self._viewer.agreed(codec(encodings, self._viewer.path))
            case FramebufferUpdateRequest():
                self._viewer.requested_update()
            case EnableContinuousUpdates(enable=enable):
                self._viewer.continuous_updates(enable)
            case KeyEvent() | QemuKeyEvent() | PointerEvent():
                self._viewer.used()
            case ClientCutText():
                if message.offers_text:
                    self._viewer.used()
                if not self._clipboard:
                    return b""
            case SetDesktopSize(width=width, height=height):
                # The server gets it as well: a viewer may wait for its answer.
                if self._on_resize is not None:
                    self._on_resize(Size(width, height))
        return message.raw

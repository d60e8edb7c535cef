"""What a viewer may say: which of its messages reach the server, whichever that is."""

from __future__ import annotations

from desktopd.rfb.protocol.client_messages import (
    ClientCutText,
    ClientFence,
    EnableContinuousUpdates,
    FramebufferUpdateRequest,
    SetEncodings,
    SetPixelFormat,
)
from desktopd.rfb.protocol.handshake import (
    SHARED_CLIENT_INIT,
    AuthenticationResponse,
    ClientInit,
    ProtocolVersion,
    SecurityChoice,
)
from desktopd.rfb.protocol.input_events import KeyEvent, PointerEvent, QemuKeyEvent, is_order
from desktopd.rfb.protocol.message import ClientMessage
from desktopd.rfb.viewers.control import ELSEWHERE
from desktopd.rfb.viewers.viewer import Role, Viewer

ONLY_WATCHES = "this viewer may only watch"
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


class ViewerPermissions:
    """Lets through what `viewer` may say.

    A viewer without control reaches the server only with what it needs to see the picture.
    """

    def __init__(self, viewer: Viewer) -> None:
        self._viewer = viewer

    def admit(self, message: ClientMessage) -> bytes:
        """The whole message that goes to the server for this one; empty when it is dropped."""
        if isinstance(message, PointerEvent):
            self._viewer.points(message.x, message.y)
        if not isinstance(message, _FOR_EVERYONE) and not self._viewer.may_act(
            press=_presses(message)
        ):
            if isinstance(message, ClientCutText) and message.offers_text:
                watches = self._viewer.role is Role.VIEW
                self._viewer.refused(ONLY_WATCHES if watches else ELSEWHERE)
            return b""
        match message:
            case KeyEvent(keysym=keysym) | QemuKeyEvent(keysym=keysym) if is_order(keysym):
                # The X server is for all, and outlives its applications.
                return b""
            case ClientInit():
                # An exclusive viewer would throw all others out.
                return SHARED_CLIENT_INIT
            case KeyEvent() | QemuKeyEvent() | PointerEvent():
                self._viewer.used()
            case ClientCutText() if message.offers_text:
                self._viewer.used()
        return message.raw


def _presses(message: ClientMessage) -> bool:
    """Whether somebody acts by this, and is not only there."""
    match message:
        case KeyEvent(down=down) | QemuKeyEvent(down=down):
            return down
        case PointerEvent(buttons=buttons):
            return buttons != 0
    return False

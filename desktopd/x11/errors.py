"""What can go wrong between this process and the X server, and how a request is named in it.

Tested by tests/x11/test_connection.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from Xlib import error

from desktopd.errors import DisplayUnavailable
from desktopd.x11.xlib_patches import Display


class XError(DisplayUnavailable):
    """X cannot be reached or did not do what was asked."""


class ConnectionLost(XError):
    """The connection to the X server has ended."""


class XTimeout(XError):
    """The X server did not answer in time. The request may still be carried out later."""


class XRequestError(XError):
    """The X server refused a request, e.g. ``RRSetCrtcConfig 5000x5000: BadValue``."""


def error_name(refusal: Any) -> str:
    """The protocol's name of an error that python-xlib delivered, e.g. ``BadMatch``."""
    kind = type(refusal)
    return f"error {refusal.code}" if kind is error.XError else kind.__name__


@contextmanager
def x_errors(display: Display, request: str) -> Iterator[None]:
    """Wait until X has carried out the requests inside, and raise the first error they met.

    Runs in the X thread. `request` names them in the text of the XRequestError, with the values
    that matter. Errors of requests from before go where they would have gone without the trap.
    """
    engine = display.display
    first, outer = engine.request_serial, engine.error_handler
    refusals: list[Any] = []

    def collect(refusal: Any, failed: Any) -> int:
        if (refusal.sequence_number - first) % 65536 < 32768:
            refusals.append(refusal)
        elif outer is not None:
            outer(refusal, failed)
        return 1

    display.set_error_handler(collect)
    try:
        yield
        display.sync()
    except error.XError as refusal:
        refusals.append(refusal)
    finally:
        display.set_error_handler(outer)
    if refusals:
        raise XRequestError(f"{request}: {error_name(refusals[0])}")

"""What little changes in the moving region between two pictures of its video, as a pressed button.

It goes out as it is: neither side has to code the whole region, and a page draws it at once, while
Chromium keeps what its decoders give back until the first frame after a press.
"""

from __future__ import annotations

from collections.abc import Sequence

from desktopd.geometry import Rectangle
from desktopd.rfb.server.client_state import UpdateRequest
from desktopd.rfb.server.framebuffer import Framebuffer
from desktopd.rfb.server.photographs import is_photograph

# Pixels, and the part of the region, up to which a change is small.
_MOST = 256 * 256
_PART = 0.25
# Bytes of a pixel of few colours, and seconds that all of them may take on a link.
_PIXEL = 0.25
_LINK_TIME = 0.0115


def is_small(
    framebuffer: Framebuffer, region: Rectangle, requests: Sequence[UpdateRequest]
) -> bool:
    """Whether what the last capture changed in `region` is sooner on these links than a picture."""
    changed = framebuffer.last_change(region)
    return (
        changed is not None
        and changed.area <= min(_MOST, region.area * _PART)
        and all(changed.area * _PIXEL <= request.rate * _LINK_TIME for request in requests)
        and not is_photograph(framebuffer.view(changed))
    )

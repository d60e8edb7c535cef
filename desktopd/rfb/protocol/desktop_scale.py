"""How large programs draw, in the flags of a SCREEN (rfbproto, SetDesktopSize).

rfbproto leaves all bits unused, and has both sides preserve what they do not understand. Here they
are the scale in percent: 100 for 96 dots an inch. 0 says nothing, as whoever does not know of this
says: a server that the scale is not its own, a viewer that it may stay.
"""

from __future__ import annotations

from desktopd.geometry import LARGEST_SCALE, SMALLEST_SCALE


def flags_of(scale: float | None) -> int:
    """What stands in the flags for a scale; None is for nothing said."""
    return 0 if scale is None else round(scale * 100)


def scale_of(flags: int) -> float | None:
    """The scale that the flags say, brought into its limits; None where they say nothing."""
    return None if flags == 0 else max(SMALLEST_SCALE, min(flags / 100, LARGEST_SCALE))

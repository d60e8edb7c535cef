"""What a viewer of Selkies 2 says, whose pictures are H.264 in a WebSocket of its own protocol."""

from __future__ import annotations

import json

from desktopd.geometry import Size


class SelkiesHearing:
    """One viewer of Selkies 2: each frame of H.264 counts as an update."""

    greedy = "START_VIDEO"

    def __init__(self, size: Size) -> None:
        wanted = {"initialClientWidth": size.width, "initialClientHeight": size.height}
        self.greeting = f"SETTINGS,{json.dumps({'displayId': 'primary', **wanted})}"
        self.updates = 0

    def feed(self, frame: str | bytes) -> str:
        """What is to be answered; empty for nothing."""
        if isinstance(frame, str) or frame[0] != 4:
            return ""
        self.updates += 1
        return f"CLIENT_FRAME_ACK {int.from_bytes(frame[2:4])}"

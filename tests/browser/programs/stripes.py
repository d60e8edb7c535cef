"""Black and white pixels by turns, in rows and columns; a file takes where it is clicked."""

from __future__ import annotations

import sys
from pathlib import Path

from Xlib import X, display

connection = display.Display()
screen = connection.screen()
tile = screen.root.create_pixmap(2, 2, screen.root_depth)
for foreground, pixels in (
    (screen.white_pixel, [(0, 0), (1, 1)]),
    (screen.black_pixel, [(1, 0), (0, 1)]),
):
    context = tile.create_gc(foreground=foreground)
    tile.poly_point(context, X.CoordModeOrigin, [{"x": x, "y": y} for x, y in pixels])
window = screen.root.create_window(
    *(0, 0, 300, 200, 0, screen.root_depth),
    background_pixmap=tile,
    event_mask=X.ButtonPressMask,
)
window.set_wm_name("stripes")
window.map()
connection.flush()
with Path(sys.argv[1]).open("w") as clicks:
    while True:
        event = connection.next_event()
        if event.type == X.ButtonPress:
            print(event.event_x, event.event_y, file=clicks, flush=True)

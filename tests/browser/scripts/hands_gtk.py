"""A field of text above a picture, in GTK 3 over the whole screen; for the Python of the system.

Prints as JSON the text at each change of it, and each press and release of a button and each turn
of the wheel on the picture. While the field holds the word "video", the picture moves.
"""

import json
import random
from typing import Any

import gi

gi.require_version("Gtk", "3.0")
from gi.repository import Gdk, GdkPixbuf, GLib, Gtk  # noqa: E402

WIDTH, HEIGHT = 1280, 400
STRIPE = 40
ROW = b"".join(random.Random(1).randbytes(3) * STRIPE for _ in range(WIDTH // STRIPE))
MASK = (
    Gdk.EventMask.BUTTON_PRESS_MASK
    | Gdk.EventMask.BUTTON_RELEASE_MASK
    | Gdk.EventMask.SCROLL_MASK
    | Gdk.EventMask.POINTER_MOTION_MASK
)


def tell(**facts: Any) -> None:
    print(json.dumps(facts), flush=True)


def text() -> str:
    return str(buffer.get_text(*buffer.get_bounds(), False))


def changed(_: Any) -> None:
    tell(text=text())


def pressed(_: Any, event: Any) -> None:
    down = event.type == Gdk.EventType.BUTTON_PRESS
    if down or event.type == Gdk.EventType.BUTTON_RELEASE:
        tell(button=event.button, down=down, at=[round(event.x_root), round(event.y_root)])


def turned(_: Any, event: Any) -> None:
    tell(
        wheel=event.direction.value_nick, control=bool(event.state & Gdk.ModifierType.CONTROL_MASK)
    )


def moved(_: Any, event: Any) -> None:
    if event.state & Gdk.ModifierType.BUTTON1_MASK:
        tell(drag=[round(event.x_root), round(event.y_root)])


def draw(shift: int) -> None:
    data = GLib.Bytes.new((ROW[3 * shift :] + ROW[: 3 * shift]) * HEIGHT)
    rgb = GdkPixbuf.Colorspace.RGB
    picture.set_from_pixbuf(
        GdkPixbuf.Pixbuf.new_from_bytes(data, rgb, False, 8, WIDTH, HEIGHT, 3 * WIDTH)
    )


def animate() -> bool:
    global shift
    if "video" in text():
        shift = (shift + 10) % WIDTH
        draw(shift)
    return True


window = Gtk.Window()
field = Gtk.TextView(monospace=True)
buffer = field.get_buffer()
buffer.connect("changed", changed)
picture = Gtk.Image()
shift = 0
draw(shift)
area = Gtk.EventBox()
area.add(picture)
area.add_events(MASK)
area.connect("button-press-event", pressed)
area.connect("button-release-event", pressed)
area.connect("scroll-event", turned)
area.connect("motion-notify-event", moved)
box = Gtk.Box(orientation=Gtk.Orientation.VERTICAL)
field.set_size_request(-1, 200)
box.pack_start(field, False, False, 0)
box.pack_start(area, True, True, 0)
window.add(box)
window.maximize()
window.show_all()
GLib.timeout_add(33, animate)
tell(text="")
Gtk.main()

"""A field of text above a picture, in GTK 3 over the whole screen; for the Python of the system.

Prints as JSON the text at each change of it, and each press and release of a button and each turn
of the wheel on the picture. While the field holds the word "video", the picture moves.
"""

import itertools
import json
import math
from typing import Any

import gi

gi.require_version("Gdk", "3.0")
gi.require_version("Gtk", "3.0")
from gi.repository import Gdk, GdkPixbuf, GLib, Gtk  # noqa: E402

WIDTH, HEIGHT = 1280, 400
FRAMES = 16
SHIFT, CONTROL = Gdk.ModifierType.SHIFT_MASK, Gdk.ModifierType.CONTROL_MASK


def frame(number: int) -> bytes:
    """RGB of a wave that stands: what only moved would be copied and be no video."""
    height = 120 * math.sin(2 * math.pi * number / FRAMES)
    row = (128 + height * math.sin(x / 30 + colour) for x in range(WIDTH) for colour in range(3))
    return bytes(map(int, row)) * HEIGHT


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
    names = Gtk.accelerator_name(0, event.state & (SHIFT | CONTROL))
    tell(wheel=names + event.direction.value_nick)


def moved(_: Any, event: Any) -> None:
    if event.state & Gdk.ModifierType.BUTTON1_MASK:
        tell(drag=[round(event.x_root), round(event.y_root)])


def draw(data: bytes) -> None:
    rgb, stride = GdkPixbuf.Colorspace.RGB, 3 * WIDTH
    shared = GLib.Bytes.new(data)
    picture.set_from_pixbuf(
        GdkPixbuf.Pixbuf.new_from_bytes(shared, rgb, False, 8, WIDTH, HEIGHT, stride)
    )


def animate() -> bool:
    if "video" in text():
        draw(next(frames))
    return True


window = Gtk.Window()
field = Gtk.TextView(monospace=True)
buffer = field.get_buffer()
buffer.connect("changed", changed)
picture = Gtk.Image()
frames = itertools.cycle([frame(number) for number in range(FRAMES)])
draw(frame(1))
# A layout asks for no room: the desktop may become smaller than the picture.
layout = Gtk.Layout()
layout.put(picture, 0, 0)
area = Gtk.EventBox(above_child=True)
area.add(layout)
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

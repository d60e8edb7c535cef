"""A window in GTK 3 over the whole screen: its left third takes drops, its right third takes none.

The middle takes them as file managers do: it looks at what is dragged before it says so. Prints as
JSON its size with each change of it, and what was dropped. For the Python of the system, which has
GTK.
"""

import json
from typing import Any

import gi

gi.require_version("Gtk", "3.0")
from gi.repository import Gdk, Gtk  # noqa: E402

NAMES = ["text/uri-list", "text/html", "UTF8_STRING", "text/plain"]
TARGETS = [Gtk.TargetEntry.new(name, 0, 0) for name in NAMES]


def tell(**facts: Any) -> None:
    print(json.dumps(facts), flush=True)


def received(widget: Any, context: Any, x: int, y: int, data: Any, *_: Any) -> None:
    tell(
        at=[x, y],
        formats=[target.name() for target in context.list_targets()],
        kind=data.get_data_type().name(),
        data=data.get_data().decode(),
        urls=data.get_uris(),
    )


class Careful:
    """Takes a drop when it has seen what is dragged."""

    def __init__(self, area: Any) -> None:
        self.seen = self.dropping = False
        area.drag_dest_set(0, TARGETS, Gdk.DragAction.COPY)
        area.connect("drag-motion", self.motion)
        area.connect("drag-drop", self.drop)
        area.connect("drag-data-received", self.received)

    def motion(self, area: Any, context: Any, x: int, y: int, time: int) -> bool:
        if not self.seen:
            area.drag_get_data(context, Gdk.Atom.intern("text/uri-list", False), time)
        Gdk.drag_status(context, Gdk.DragAction.COPY if self.seen else 0, time)
        return True

    def drop(self, area: Any, context: Any, x: int, y: int, time: int) -> bool:
        self.dropping = True
        area.drag_get_data(context, Gdk.Atom.intern("text/uri-list", False), time)
        return True

    def received(self, area: Any, context: Any, *more: Any) -> None:
        self.seen = True
        if self.dropping:
            received(area, context, *more)
            Gtk.drag_finish(context, True, False, more[-1])


window = Gtk.Window()
thirds = Gtk.Box(homogeneous=True)
plain, careful, deaf = Gtk.EventBox(), Gtk.EventBox(), Gtk.EventBox()
for third in (plain, careful, deaf):
    thirds.pack_start(third, True, True, 0)
plain.drag_dest_set(Gtk.DestDefaults.ALL, TARGETS, Gdk.DragAction.COPY)
plain.connect("drag-data-received", received)
Careful(careful)
window.add(thirds)
window.connect("size-allocate", lambda _, area: tell(size=[area.width, area.height]))
window.fullscreen()
window.show_all()
Gtk.main()

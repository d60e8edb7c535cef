"""A small window in GTK 3 in the upper left corner, from which files can be dragged.

Its arguments are paths. Prints when it is shown, and whether what is under the pointer would take
them. For the Python of the system, which has GTK.
"""

import sys
from pathlib import Path
from typing import Any

import gi

gi.require_version("Gtk", "3.0")
from gi.repository import Gdk, Gtk  # noqa: E402

TARGETS = [Gtk.TargetEntry.new(name, 0, 0) for name in ("text/plain", "text/uri-list")]


def tell(text: str) -> None:
    print(text, flush=True)


def begin(widget: Any, context: Any) -> None:
    context.connect("action-changed", lambda _, action: tell("accepted" if action else "refused"))


def give(widget: Any, context: Any, data: Any, *_: Any) -> None:
    data.set_uris([Path(path).as_uri() for path in sys.argv[1:]])


window = Gtk.Window(type=Gtk.WindowType.POPUP)
window.set_default_size(100, 40)
source = Gtk.EventBox()
source.drag_source_set(Gdk.ModifierType.BUTTON1_MASK, TARGETS, Gdk.DragAction.COPY)
source.connect("drag-begin", begin)
source.connect("drag-data-get", give)
window.add(source)
window.move(0, 0)
window.connect("map-event", lambda *_: tell("shown"))
window.show_all()
Gtk.main()

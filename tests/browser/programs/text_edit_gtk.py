"""A text in GTK 3 over the whole screen.

Keeps its content in the file that is named, with each change.
For the Python of the system, which has GTK.
"""

import sys
from pathlib import Path

import gi

gi.require_version("Gtk", "3.0")
from gi.repository import Gtk  # noqa: E402

place = Path(sys.argv[1])


def keep(buffer: Gtk.TextBuffer) -> None:
    new = place.with_suffix(".new")
    new.write_text(buffer.get_text(*buffer.get_bounds(), True))
    new.replace(place)


window = Gtk.Window()
edit = Gtk.TextView()
edit.get_buffer().connect("changed", keep)
scrolled = Gtk.ScrolledWindow()
scrolled.add(edit)
window.add(scrolled)
window.maximize()
window.show_all()
Gtk.main()

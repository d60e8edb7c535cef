"""A line of text in GTK 3 at the top left; prints its content as JSON, and anew with each change.

For the Python of the system, which has GTK.
"""

import json

import gi

gi.require_version("Gtk", "3.0")
from gi.repository import Gtk  # noqa: E402


def tell(entry: Gtk.Entry) -> None:
    print(json.dumps(entry.get_text()), flush=True)


window = Gtk.Window()
entry = Gtk.Entry()
entry.connect("changed", tell)
window.add(entry)
window.set_default_size(600, 40)
window.connect("map-event", lambda *_: tell(entry))
window.show_all()
Gtk.main()

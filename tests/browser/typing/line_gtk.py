"""A line of text in GTK 3; prints as JSON what it holds, and the shortcuts that it gets.

For the Python of the system, which has GTK.
"""

import json
from typing import Any

import gi

gi.require_version("Gtk", "3.0")
from gi.repository import Gtk  # noqa: E402


def tell(**facts: Any) -> None:
    print(json.dumps(facts), flush=True)


window = Gtk.Window(title="line of GTK")
entry = Gtk.Entry()
entry.connect("changed", lambda _: tell(text=entry.get_text()))
window.add(entry)
shortcuts = Gtk.AccelGroup()
window.add_accel_group(shortcuts)
for letter in "ACSZ":
    key, modifiers = Gtk.accelerator_parse(f"<Control>{letter}")
    shortcuts.connect(
        key, modifiers, 0, lambda *_, letter=letter: tell(shortcut=f"Ctrl+{letter}") or True
    )
window.maximize()
window.show_all()
tell(text="")
Gtk.main()

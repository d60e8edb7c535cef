"""A GTK program that writes down how large it draws, whenever that changes."""

from __future__ import annotations

import sys
from pathlib import Path

import gi

gi.require_version("Gtk", "3.0")
from gi.repository import GLib, Gtk  # noqa: E402

told = Path(sys.argv[1])
window = Gtk.Window(title="scale")
label = Gtk.Label(label="scale")
window.add(label)
window.show_all()


def tell() -> bool:
    factor = window.get_scale_factor()
    told.write_text(f"{factor} {label.get_preferred_height()[1] * factor} True")
    return True


GLib.timeout_add(50, tell)
Gtk.main()

"""A GTK program with a main window and a dialog of it."""

from __future__ import annotations

import gi

gi.require_version("Gtk", "3.0")
from gi.repository import Gtk  # noqa: E402

first = Gtk.Window(title="first")
first.set_default_size(500, 400)
first.add(Gtk.Label(label="first"))
first.show_all()
second = Gtk.Dialog(title="second", transient_for=first)
second.add_button("OK", Gtk.ResponseType.OK)
second.get_content_area().add(Gtk.Label(label="second"))
second.show_all()
Gtk.main()

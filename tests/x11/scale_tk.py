"""A Tk program that writes down how large it draws: it asks once, at its start."""

from __future__ import annotations

import sys
import tkinter
from pathlib import Path

window = tkinter.Tk()
label = tkinter.Label(window, text="scale")
label.pack()
window.update()
Path(sys.argv[1]).write_text(f"1 {label.winfo_reqheight()} True")
window.mainloop()

"""A Tk program that does what a test tells it: what comes through a FIFO is Tcl."""

from __future__ import annotations

import os
import sys
import tkinter


def main(fifo: str) -> None:
    root = tkinter.Tk()
    # Read and write, so that it does not end when the test has written.
    commands = os.open(fifo, os.O_RDWR)

    def obey(*_: object) -> None:
        root.tk.eval(os.read(commands, 4096).decode())

    root.tk.createfilehandler(commands, tkinter.READABLE, obey)
    root.mainloop()


main(sys.argv[1])

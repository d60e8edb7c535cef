"""A line of text in Tk; prints as JSON what it holds, and the shortcuts that it gets."""

import json
import tkinter
from typing import Any


def tell(**facts: Any) -> None:
    print(json.dumps(facts), flush=True)


def shortcut(letter: str) -> Any:
    def tell_and_break(_: Any) -> str:
        tell(shortcut=f"Ctrl+{letter}")
        return "break"

    return tell_and_break


root = tkinter.Tk()
root.title("line of Tk")
root.geometry(f"{root.winfo_screenwidth()}x{root.winfo_screenheight()}+0+0")
content = tkinter.StringVar(root)
content.trace_add("write", lambda *_: tell(text=content.get()))
entry = tkinter.Entry(root, textvariable=content)
entry.pack(fill="both", expand=True)
for letter in "ACSZ":
    entry.bind(f"<Control-{letter.lower()}>", shortcut(letter))
entry.focus_set()
tell(text="")
root.mainloop()

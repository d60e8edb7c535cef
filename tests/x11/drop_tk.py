"""A window in Tk over the whole screen, which takes no drops: Tk knows nothing of XDND.

Prints as JSON its size with each change of it.
"""

import json
import tkinter

root = tkinter.Tk()
root.configure(background="white")
size = (root.winfo_screenwidth(), root.winfo_screenheight())
root.geometry(f"{size[0]}x{size[1]}+0+0")
root.overrideredirect(boolean=True)
root.bind(
    "<Configure>",
    lambda event: print(json.dumps({"size": [event.width, event.height]}), flush=True),
)
root.mainloop()

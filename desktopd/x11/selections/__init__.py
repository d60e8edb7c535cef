"""What programs exchange by selections (ICCCM section 2) and by drag and drop (XDND 5).

`content` is what is exchanged, `targets` how it is written for other programs, `transfer` how it
travels. `owner` gives and `reader` takes; `clipboard`, `drag_source` and `edge_target` are what the
rest of the daemon uses.
"""

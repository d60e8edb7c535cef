"""What the X screen shows: its size, its pixels, its pointer. Nothing here types or points."""

"""What programs exchange by selections (ICCCM section 2): the clipboard, and its transfers."""

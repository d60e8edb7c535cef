"""What viewers type and point with: keysyms, keymaps, and XTEST's events."""

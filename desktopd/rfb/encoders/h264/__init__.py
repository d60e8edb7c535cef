"""H.264 (rfbproto, Open H.264): libx264, and pixels as it takes them."""

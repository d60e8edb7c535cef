"""H.264 (rfbproto, Open H.264): rate control, libx264, and pixels as luma and chroma."""

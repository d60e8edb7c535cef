"""The companion: what runs inside napari's process, and imports nothing else of this package.

It listens on a private unix socket, does for the desktop what only napari itself can do, and keeps
the session on disk. It runs in the Python that runs napari (3.10 or newer), which may be another
than the daemon's, with what napari brings: qtpy, numpy.
"""

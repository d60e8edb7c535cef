"""One GUI application in a browser tab: a virtual X display, served to noVNC."""

__version__ = "0.1.0"

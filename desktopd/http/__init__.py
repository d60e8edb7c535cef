"""Serves the desktop over HTTP: page, WebSockets, API."""

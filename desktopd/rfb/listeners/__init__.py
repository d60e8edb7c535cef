"""Where VNC viewers come in besides the WebSocket: TCP port and unix socket, with their login."""

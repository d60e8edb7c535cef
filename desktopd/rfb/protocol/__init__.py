"""RFB as bytes: messages, handshake, pixel formats. No sockets, no policy, no pixels."""

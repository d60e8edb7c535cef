"""RFB: what viewers say and see, relayed to the server that draws the desktop."""

"""Windows on the display: what they are, what they show, and how a kiosk keeps them (EWMH 1.5)."""

"""The native RFB server: one capture of the display for all viewers, encoded once."""

"""X servers that a session can run on, one file each."""

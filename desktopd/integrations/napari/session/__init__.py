"""The session of one viewer on disk: saved as it changes, put back after a bad end."""

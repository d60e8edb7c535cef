"""The user's files below one folder: list, read, change, upload. Nothing here knows of HTTP."""

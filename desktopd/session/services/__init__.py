"""The services of a desktop: how each program is called, one file each, and their order."""

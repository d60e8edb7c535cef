"""What fits the desktop into other systems; the core does not know of it."""

"""X servers on virtual displays: one file each, and the table that ``display=auto`` walks."""

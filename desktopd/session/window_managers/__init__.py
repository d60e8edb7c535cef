"""Window managers: one file for each that gets files of ours, and the table of them."""

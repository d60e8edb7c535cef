"""Window managers, one file each."""

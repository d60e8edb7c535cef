"""A napari for whoever is to have no Python, no shell and no other folders: docs/lockdown.md."""

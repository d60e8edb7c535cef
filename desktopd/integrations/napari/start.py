"""Starts the companion in a process that has imported napari's window."""

from __future__ import annotations

from desktopd.integrations.napari.place import Place


def start(hook: str) -> None:
    """Start it where the environment names a place for it; `hook` is the entry in PYTHONPATH."""
    place = Place.take(hook)
    if place is None:
        return
    lock = place.claim()
    if lock is None:
        if place.lockdown:
            raise RuntimeError("another napari has the companion's place")
        return
    # Qt and vispy are there by now, and napari has chosen which ones.
    from desktopd.integrations.napari.companion import Companion

    if place.lockdown:
        from desktopd.integrations.napari.lockdown.programs import refuse_programs

        refuse_programs()
    Companion(place, lock)

"""Real paths of places, and what lies in one beside others that lie in it.

Tested by tests/unit/confinement/test_confinement.py.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path


def real(places: Iterable[Path]) -> list[Path]:
    """The paths without links on their way."""
    return [place.resolve() for place in places]


def there(places: Iterable[Path]) -> list[Path]:
    """Those of them that exist, without links on their way."""
    return [place for place in real(places) if os.access(place, os.F_OK)]


def modest(places: Iterable[Path], home: Path) -> Iterator[Path]:
    """Those that hold neither the whole home folder nor the whole machine."""
    roots = (home.resolve(), *map(Path, ("/home", "/root", "/tmp", "/var/tmp")))
    for place in dict.fromkeys(places):
        if not any(root.is_relative_to(place.resolve()) for root in roots):
            yield place


def beside(without: Sequence[Path], place: Path) -> Iterator[Path]:
    """`place` itself; where it holds some of `without`, all that lies in it beside those.

    What is named as a place is no secret, whatever it lies in. All paths are real.
    """
    inside = [one for one in without if one.is_relative_to(place) and one != place]
    if not inside:
        yield place
        return
    with contextlib.suppress(OSError), os.scandir(place) as entries:
        for entry in entries:
            path = Path(entry)
            # A link would open what it leads to.
            if path not in inside and not entry.is_symlink():
                yield from beside(inside, path)


def is_led(place: Path, written: Sequence[Path], depth: int = 8) -> bool:
    """Whether who writes in the `written` folders, which are real, says what `place` is.

    It lies there, or a link leads there. What is put in its place meanwhile changes no answer.
    """
    around = (place, *place.parents)
    if not depth or any(part.resolve().is_relative_to(one) for part in around for one in written):
        return True
    links = (part for part in around if part.is_symlink())
    return any(is_led(link.parent / link.readlink(), written, depth - 1) for link in links)

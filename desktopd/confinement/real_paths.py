"""Real paths of places, and what lies in one beside others that lie in it.

Tested by tests/unit/confinement/test_confinement.py.
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path


def real_path(place: Path) -> Path:
    """The path without links on its way, but for those that lead nowhere, as in a ring."""
    return Path(os.path.realpath(place))


def real(places: Iterable[Path]) -> list[Path]:
    """The paths without links on their way."""
    return [real_path(place) for place in places]


def there(places: Iterable[Path]) -> list[Path]:
    """Those of them that exist, without links on their way."""
    return [place for place in real(places) if os.access(place, os.F_OK)]


def modest(places: Iterable[Path], home: Path) -> Iterator[Path]:
    """Those that hold neither the whole home folder nor the whole machine."""
    roots = (real_path(home), *map(Path, ("/home", "/root", "/tmp", "/var/tmp")))
    for place in dict.fromkeys(places):
        if not any(root.is_relative_to(real_path(place)) for root in roots):
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

    Its name lies there, or one on the way to it or to where a link leads; or nobody can tell. What
    is put in its place meanwhile changes no answer.
    """
    names = (place, *place.parents)
    folders = real(name.parent for name in names)
    if not depth or any(folder.is_relative_to(one) for folder in folders for one in written):
        return True
    try:
        links = [name.parent / link for name in names if (link := _link(name)) is not None]
    except OSError:
        return True
    return any(is_led(link, written, depth - 1) for link in links)


def _link(name: Path) -> Path | None:
    """Where a link leads; None for what is no link, or not there. OSError where nobody can tell."""
    try:
        return name.readlink()
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOENT, errno.ENOTDIR):
            raise
        return None

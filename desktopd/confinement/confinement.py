"""What a program on a locked desktop may reach: its user's files, its own, and what programs need.

Tested by tests/unit/confinement/test_confinement.py and tests/browser/test_lockdown.py.
"""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from desktopd.confinement.code import code_of, own_code
from desktopd.confinement.landlock import DEVICE, READ, RUN, WRITE, Right, Rule, Wall
from desktopd.confinement.own_home import FOLDERS, make_own_home, own_environment
from desktopd.confinement.places import CREDENTIALS, DEVICES, SECRETS, SHARED_MEMORY, SYSTEM
from desktopd.confinement.put_away import delete_put_away, put_away
from desktopd.confinement.real_paths import beside, is_led, modest, real, real_path, there
from desktopd.confinement.temporary import temporary_environment

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Confinement:
    """Where a locked desktop's programs write, and what they must not read.

    `files` is the folder of its user, `own` are those of the application. `home` is what its
    environment says; `settings` is where it has its own of what lies there, `temporary` where its
    temporary files are. `secret` is kept from it wherever it lies. `tcp`: whether there is any host
    that it may reach.
    """

    files: Path
    own: tuple[Path, ...]
    read: tuple[Path, ...]
    home: Path
    settings: Path
    temporary: Path
    secret: tuple[Path, ...]
    tcp: bool

    def variables(self, environment: Mapping[str, str]) -> dict[str, str]:
        """Those that tell a program of it, which has `environment` else."""
        return {
            **temporary_environment(self.temporary, environment),
            **own_environment(self.settings),
        }

    def begin(self) -> None:
        """Have settings and caches as they are at home, before the application starts.

        Raises OSError.
        """
        self.leave()
        make_own_home(self.settings, self.home, CREDENTIALS)

    def wall(
        self, argv: Sequence[str], environment: Mapping[str, str], *, abstract_sockets: bool
    ) -> Wall:
        """That for the program `argv`; what it may write is made where it is missing.

        `abstract_sockets`: the X server has no other.
        """
        named = code_of(argv, environment, real([self.files]))
        code = real(modest((*own_code(), *named), self.home))
        # What is not there yet may be made while the application runs.
        at_home = real(self._at_home(CREDENTIALS))
        secret = [*there((*self.secret, *map(Path, SECRETS))), *at_home]
        kept = [p for place in self._kept() for p in beside([*secret, *code], place)]
        samples = filter(None, (_placed(place, self._written) for place in self.read))
        hidden = (*self._hidden(secret), *there(self._at_home(FOLDERS.values())))
        read = (*samples, real_path(Path(environment["XAUTHORITY"])), *hidden)
        places: tuple[tuple[Right, Iterable[Path], Sequence[Path]], ...] = (
            (RUN, (*real(map(Path, SYSTEM)), *code), secret),
            (READ, read, secret),
            (READ | WRITE, (*kept, self.files, Path(SHARED_MEMORY)), []),
            (DEVICE, real(Path("/dev", name) for name in DEVICES), []),
        )
        rules = [
            Rule(part, access)
            for access, folders, without in places
            for folder in folders
            for part in beside(without, folder)
        ]
        return Wall(tuple(rules), self.tcp, abstract_sockets)

    def look(self) -> None:
        """Look at all places that it is kept from; a disk that is away keeps whoever does."""
        _ = self.apart

    @property
    def apart(self) -> list[Path]:
        """The real places of what is its user's, the application's, ours and at home."""
        return real((*self._written, self.home, *self.secret))

    @property
    def _written(self) -> tuple[Path, ...]:
        return (self.settings, *self.own, self.temporary, self.files)

    def _kept(self) -> Iterator[Path]:
        """The folders that it writes, besides its user's, made where they are missing."""
        for folder in self._written[:-1]:
            with contextlib.suppress(OSError):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if place := _placed(folder, self._written):
                yield place

    def leave(self) -> None:
        """Have nothing of its settings and its temporary files; raises OSError."""
        for folder in (self.settings, self.temporary):
            put_away(folder)
        for folder in (self.settings, self.temporary):
            delete_put_away(folder)

    def _at_home(self, names: Iterable[str]) -> Iterator[Path]:
        return (self.home / name for name in names)

    def _hidden(self, secret: Sequence[Path]) -> Iterator[Path]:
        """Names with a dot in the home folder, but for links, which may lead anywhere."""
        with contextlib.suppress(OSError), os.scandir(real_path(self.home)) as entries:
            for entry in entries:
                is_plain = entry.name.startswith(".") and not entry.is_symlink()
                if is_plain and Path(entry) not in secret:
                    yield Path(entry)


def _placed(place: Path, written: Iterable[Path]) -> Path | None:
    """Its real path, but for links that lie in a `written` folder: they could lead anywhere.

    With such a link in it the path is one that `Rule` does not take; None where one leads there.
    """
    around = [one for one in written if place != one and place.is_relative_to(one)]
    if around:
        outermost = min(around, key=lambda one: len(one.parts))
        return real_path(outermost) / place.relative_to(outermost)
    if is_led(place, real(written)):
        log.warning("lockdown: %s is left out: the application may have changed it", place)
        return None
    return real_path(place)

"""The folder of a saved session: one document, replaced whole, and the blocks that it refers to."""

from __future__ import annotations

import contextlib
import errno
import itertools
import logging
import os
import stat
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from desktopd.integrations.napari.session.blocks import Blocks
from desktopd.integrations.napari.session.document import (
    DOCUMENT,
    LARGEST,
    VERSION,
    read_document,
)
from desktopd.integrations.napari.session.earlier import Earlier
from desktopd.integrations.napari.session.records import Encoded
from desktopd.integrations.napari.session.tries import Tries
from desktopd.integrations.napari.session.values import blocks_of, dumps
from desktopd.integrations.napari.session.whole_files import replacing

log = logging.getLogger(__name__)

PATIENCE = 120.0
"""Seconds after which a session that cannot be read lies beside, so that another can be saved."""
TAKEN = (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR)


class SessionFolder:
    """The layers of a document need only blocks that lie there whole, whenever the process ends.

    Nothing is changed there before it is known what lies there. Power cuts may break it: nothing
    is forced to the disk.
    """

    def __init__(self, folder: Path, claim: Callable[[Path], Path] | None = None) -> None:
        """`claim` gives the folder that is ours alone, raising OSError; None: `folder` is."""
        self._claim = claim
        self._wanted = folder
        self._needed: Collection[str] | None = None
        """Blocks that stay until another document is there; None: nobody knows what lies there."""
        self._use(folder)
        self.earlier = Earlier()
        """What is left of earlier sessions, with what could be read only while another is saved."""
        self.never: str | None = None
        """Why none is, now or ever, and where it lies."""
        self._patient_until: float | None = None

    def _use(self, folder: Path) -> None:
        self.folder = folder
        self._document = folder / DOCUMENT
        self._tries = Tries(folder)
        self.blocks = Blocks(folder / "blocks")

    def claim(self) -> None:
        """Have a folder that is ours alone; raises OSError, and may be called again."""
        if self._claim is not None:
            self._use(self._claim(self._wanted))
            self._claim = None

    def load(self) -> dict[str, Any] | None:
        """The saved document; None where there is none.

        Raises OSError where nobody can tell, and ValueError for what is none of this version, now
        or ever: it lies beside from then on.
        """
        self._needed = None
        self.claim()
        document = None
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            self._check()
            try:
                document = read_document(self._document)
            except ValueError as error:
                raise ValueError(f"{error}; it lies in {self.put_aside()}") from None
        self._needed = self._needed_by(document)
        return document

    def commit(
        self,
        document: Mapping[str, Any],
        records: Mapping[str, Sequence[Encoded]] | None = None,
        besides: Iterable[Encoded] = (),
    ) -> None:
        """Replace the document, and delete the blocks that it does not need; raises OSError.

        `records` are lists of the document, by their keys; the blocks of `besides`, which are not
        in it, stay. EFBIG for a document that could not be loaded again.
        """
        self.make()
        texts = [dumps({**document, "version": VERSION})[:-1]]
        needed = self._needed_by(document).union(*(one.blocks for one in besides))
        for key, listed in (records or {}).items():
            texts += [b', "%s": [' % key.encode(), b", ".join(one.text for one in listed), b"]"]
            needed = needed.union(*(one.blocks for one in listed))
        texts.append(b"}")
        if sum(map(len, texts)) > LARGEST:
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), str(self._document))
        with replacing(self._document) as file:
            file.writelines(texts)
        self._needed = needed
        self.blocks.keep_only(needed)

    def drop_unsaved(self, besides: Iterable[Encoded] = ()) -> None:
        """Delete the blocks of what could not be saved: they pile up, and leave no room for less.

        Those that are needed and of `besides` stay, and all do where nobody knows what lies there.
        """
        if self._needed is not None:
            with contextlib.suppress(OSError):
                self._check()
                self.blocks.keep_only({*self._needed}.union(*(one.blocks for one in besides)))

    def _needed_by(self, document: Mapping[str, Any] | None) -> set[str]:
        try:
            return blocks_of(document)
        except (AttributeError, TypeError, RecursionError):
            # What is no session's in there may be anything.
            return self.blocks.names()

    def make(self) -> None:
        """Have the folder, for this user alone; raises OSError, also where it is another's.

        What lies there has been read then: what could not be before is among what is `earlier`.
        """
        if self._needed is None:
            self._load_late()
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._check()
        self.folder.chmod(0o700)

    def _load_late(self) -> None:
        self._patient_until = self._patient_until or time.monotonic() + PATIENCE
        try:
            if (document := self.load()) is not None:
                self.earlier.add_unseen(document)
        except ValueError as error:
            self.never = str(error)
        except OSError as error:
            is_ours = self._claim is None
            if not is_ours or time.monotonic() < self._patient_until:
                raise
            self.never = f"{error}; it lies in {self.put_aside()}"
        if self.never is not None:
            log.error("desktopd: the session is not restored: %s", self.never)

    def _check(self) -> None:
        """Raise PermissionError where it is another user's, who could have us run any script.

        In a folder that several may write he may have come first.
        """
        status = self.folder.lstat()
        if status.st_uid != os.geteuid() or status.st_mode & stat.S_IWOTH:
            raise PermissionError(f"{self.folder} is not of this user alone: remove it")

    def discard(self) -> None:
        """Delete the session: its user has ended it. What he has not seen stays."""
        self.earlier.end()
        if self._needed is None:
            return
        with contextlib.suppress(OSError):
            self._check()
            self.tried()
            if waiting := self.earlier.waiting:
                first, *others = waiting
                self.commit({**first, "waiting": others})
                return
            self._document.unlink(missing_ok=True)
            self._needed = ()
            self.blocks.keep_only(())

    def may_try(self) -> bool:
        """Note a try to put the session back; raises OSError where they cannot be counted.

        False when too many have ended the process; the session then lies beside, as ``failed``.
        """
        if self._tries.are_too_many():
            self.put_aside()
            return False
        self._tries.note()
        return True

    def put_aside(self) -> Path:
        """Have the session lie beside, as ``failed`` or, beside others, ``failed-2``.

        What is left of earlier ones lies there with it. Raises OSError where it cannot be moved;
        all then stays as it is.
        """
        for number in itertools.count(1):
            place = self.folder.with_name("failed" if number == 1 else f"failed-{number}")
            try:
                # rename(2) replaces nothing but an empty folder.
                self.folder.rename(place)
                break
            except OSError as error:
                if error.errno not in TAKEN or not os.path.lexists(place):
                    raise
        self._needed = ()
        self.earlier = Earlier()
        # Whoever moves it back by hand wants it tried again.
        Tries(place).forget()
        return place

    def tried(self) -> None:
        """Note that the process has survived the session."""
        self._tries.forget()

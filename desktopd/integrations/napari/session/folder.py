"""The folder of a saved session: one document, replaced whole, and the blocks that it refers to."""

from __future__ import annotations

import contextlib
import errno
import json
import logging
import os
import secrets
import shutil
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from desktopd.integrations.napari.session.blocks import Blocks
from desktopd.integrations.napari.session.records import Encoded
from desktopd.integrations.napari.session.values import blocks_of, dumps
from desktopd.openers import itself_at_once

log = logging.getLogger(__name__)

DOCUMENT = "session.json"
VERSION = 1
TRIES = 2
LARGEST = 64 << 20
"""Bytes of a document: layers' data and tables lie in the blocks."""
MOST_LAYERS = 10_000
"""Of more the daemon is not told (`applications.facts`)."""


class SessionFolder:
    """A document refers only to blocks that lie there whole, at whatever moment the process ends.

    Power cuts may break it: nothing is forced to the disk.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._document = folder / DOCUMENT
        self._tries = folder / "restoring"
        self.blocks = Blocks(folder / "blocks")

    def load(self) -> dict[str, Any] | None:
        """The saved document; None where there is none of this version.

        Whatever lies in its place, which a process may have left that is to have no say in how the
        next one fares, keeps nobody from going on.
        """
        try:
            self._check()
        except FileNotFoundError:
            return None
        except OSError as error:
            log.error("desktopd: the session is not restored: %s", error)
            return None
        try:
            return self._read()
        except FileNotFoundError:
            return None
        except (OSError, ValueError, RecursionError) as error:
            log.error("desktopd: the session is not restored and lies beside: %s", error)
            # The next save deletes what lies here and is not its own.
            self.put_aside()
            return None

    def _read(self) -> dict[str, Any]:
        """The document; raises OSError, ValueError or RecursionError for what is none of ours."""
        document: dict[str, Any] = json.loads(_text(self._document))
        if not _is_ours(document):
            raise ValueError(f"{self._document} is none of version {VERSION}")
        return document

    def commit(
        self, document: Mapping[str, Any], records: Mapping[str, Sequence[Encoded]] | None = None
    ) -> None:
        """Replace the document, and delete the blocks that it does not need; raises OSError.

        `records` are lists of the document, by their keys. EFBIG for a document that could not be
        loaded again.
        """
        self.make()
        texts = [dumps({"version": VERSION, **document})[:-1]]
        needed = blocks_of(document)
        for key, listed in (records or {}).items():
            texts += [b', "%s": [' % key.encode(), b", ".join(one.text for one in listed), b"]"]
            needed |= set().union(*(one.blocks for one in listed))
        texts.append(b"}")
        if sum(map(len, texts)) > LARGEST:
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), str(self._document))
        fresh = self._document.with_suffix(".new")
        with fresh.open("wb") as file:
            file.writelines(texts)
        fresh.replace(self._document)
        self.blocks.keep_only(needed)

    def drop_unsaved(self) -> None:
        """Delete the blocks of what could not be saved: they pile up, and leave no room for less.

        All stay where nobody knows which the document needs.
        """
        with contextlib.suppress(OSError, ValueError, TypeError, RecursionError):
            self._check()
            try:
                saved = blocks_of(self._read())
            except FileNotFoundError:
                saved = set()
            self.blocks.keep_only(saved)

    def make(self) -> None:
        """Have the folder, for this user alone; raises OSError, also where it is another's."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._check()
        self.folder.chmod(0o700)

    def _check(self) -> None:
        """Raise PermissionError where it is another user's, who could have us run any script.

        In a folder that several may write he may have come first.
        """
        status = self.folder.lstat()
        if status.st_uid != os.geteuid() or status.st_mode & stat.S_IWOTH:
            raise PermissionError(f"{self.folder} is not of this user alone: remove it")

    def discard(self) -> None:
        """Delete the session: its user has ended it."""
        with contextlib.suppress(OSError):
            self._check()
            self._document.unlink(missing_ok=True)
            self.blocks.keep_only(())

    def may_try(self) -> bool:
        """Note a try to put the session back.

        False when too many have ended the process; the session then lies beside, as ``failed``.
        """
        if self._tried() >= TRIES:
            self.put_aside()
            return False
        try:
            with self._tries.open("ab") as file:
                file.write(b".")
        except OSError as error:
            # A full disk takes no more of it, and gives the session back all the same.
            log.warning("desktopd: nobody counts how often the session is put back: %s", error)
        return True

    def _tried(self) -> int:
        try:
            status = self._tries.lstat()
        except FileNotFoundError:
            return 0
        return status.st_size if stat.S_ISREG(status.st_mode) else TRIES

    def put_aside(self) -> None:
        """Have the session lie beside, as ``failed``, if anything can be changed there."""
        beside = self.folder.with_name("failed")
        # What is too deep in each other is beyond Python, and makes room all the same.
        for place in (beside, beside.with_name(f"failed-{secrets.token_hex(4)}")):
            with contextlib.suppress(OSError, RecursionError):
                shutil.rmtree(place, ignore_errors=True)
            with contextlib.suppress(OSError):
                self.folder.rename(place)
                return

    def tried(self) -> None:
        """Note that the process has survived the session."""
        with contextlib.suppress(OSError):
            self._tries.unlink()


def _is_ours(document: Any) -> bool:
    """Whether all that is told of it to others, names of layers, is there and can be told."""
    if not isinstance(document, dict) or document.get("version") != VERSION:
        return False
    layers = document.get("layers")
    return (
        isinstance(layers, list)
        and len(layers) <= MOST_LAYERS
        and all(isinstance(one, dict) and isinstance(one.get("name"), str) for one in layers)
    )


def _text(path: Path) -> str:
    """What a plain file holds; raises OSError for a pipe or a link, ValueError for a large one."""
    with open(path, "rb", opener=itself_at_once) as file:
        if os.fstat(file.fileno()).st_size > LARGEST:
            raise ValueError(f"{path} is larger than {LARGEST} bytes")
        return file.read(LARGEST).decode("utf-8")

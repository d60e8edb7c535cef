"""What is left of earlier sessions: layers that are not back, and sessions of viewers to come.

Tested by tests/unit/integrations/napari/session/test_earlier.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from desktopd.integrations.napari.session.records import (
    Encoded,
    encode_restored,
    encode_session,
)
from desktopd.integrations.napari.session.restore import unrestored_of, view_of
from desktopd.integrations.napari.session.viewer_key import (
    ViewerKey,
    choose,
    is_of_this_command,
    sessions_of,
)


@dataclass(frozen=True)
class PutBack:
    """What was saved of what is back in a viewer: records, with their layers, and the view."""

    records: Sequence[tuple[Any, Mapping[str, Any]]] = ()
    view: Mapping[str, Any] = field(default_factory=dict)


NOTHING = PutBack()


class Left:
    """A record or a whole session, which stays as it is."""

    def __init__(
        self, document: dict[str, Any], encode: Callable[[Mapping[str, Any]], Encoded | None]
    ) -> None:
        self.document = document
        self._encode = encode

    @cached_property
    def encoded(self) -> Encoded | None:
        """It as text, which may take seconds; None where that cannot be. Raises LACKS."""
        return self._encode(self.document)


class Earlier:
    """What one process has of earlier sessions, until a viewer has it or its user has ended it.

    To be used in one thread at a time.
    """

    def __init__(self) -> None:
        self._unrestored: list[Left] = []
        self._waiting: list[Left] = []
        # Sessions that no viewer has had, though their layers are among those unrestored.
        self._unseen: list[dict[str, Any]] = []

    @property
    def waiting(self) -> list[dict[str, Any]]:
        """The sessions of viewers that have not come yet."""
        return [one.document for one in self._waiting]

    def add(self, document: Mapping[str, Any]) -> None:
        """Have each session of a document wait for its viewer."""
        self._wait(sessions_of(document))

    def add_unrestored(self, records: Iterable[dict[str, Any]]) -> None:
        """Keep records of layers that could not be put back, for the next start."""
        self._unrestored += [Left(one, encode_restored) for one in records]

    def add_unseen(self, document: Mapping[str, Any]) -> None:
        """Keep what could not be put back into its viewer, which is there without it.

        Its layers are beside those of the viewer at the next start. Whoever ends the viewer's
        session has not seen them, and does not end this one.
        """
        own, *others = sessions_of(document)
        self._unseen.append(own)
        self.add_unrestored([*own["layers"], *unrestored_of(own)])
        self._wait(others)

    def take(self, key: ViewerKey) -> dict[str, Any] | None:
        """The session of the viewer with `key`, if there is one, which waits no more."""
        chosen = choose(self.waiting, key, is_of_this_command)
        self._waiting = [one for one in self._waiting if one.document is not chosen]
        return chosen

    def end(self) -> None:
        """Forget what a user has ended with his viewer: all but what he has never seen."""
        self._unrestored = []
        self._wait(self._unseen)
        self._unseen = []

    def encoded(self) -> dict[str, list[Encoded]]:
        """All of it as lists of a document, by their keys; raises LACKS, and may be tried again."""
        lists = {"unrestored": self._unrestored, "waiting": self._waiting}
        return {
            key: [encoded for one in listed if (encoded := one.encoded) is not None]
            for key, listed in lists.items()
        }

    def _wait(self, sessions: Iterable[dict[str, Any]]) -> None:
        self._waiting += [Left(one, encode_session) for one in sessions if _has_any(one)]


def _has_any(document: Mapping[str, Any]) -> bool:
    """Whether there are layers, or were before its user removed them all."""
    return bool(document["layers"] or unrestored_of(document) or view_of(document).get("begun"))

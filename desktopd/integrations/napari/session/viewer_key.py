"""Which viewer of a process a saved session is of: a script may open one after the other.

Tested by tests/unit/integrations/napari/session/test_viewer_key.py.
"""

from __future__ import annotations

import hashlib
import json
import logging
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from desktopd.integrations.napari import layers
from desktopd.integrations.napari.session.capture import EDITABLE
from desktopd.integrations.napari.session.document import is_session
from desktopd.integrations.napari.session.reading import source_of

SAMPLES = 1 << 16
"""Elements of an image that are looked at."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ViewerKey:
    """`number` counts the viewers of a process from 1, as they are seen.

    `content` is a digest of what the command has put there to be looked at: a script that leaves
    out what it has done opens the same as another number. None where that tells nothing.
    """

    number: int = 1
    content: str | None = None


FIRST = ViewerKey()


def key_of(viewer: Any, number: int) -> ViewerKey:
    """The key of a viewer in which nobody has done anything yet."""
    shown = [layer for layer in viewer.layers if layers.kind(layer) not in EDITABLE]
    if not shown:
        return ViewerKey(number)
    told = json.dumps([str(viewer.title), *map(_content, shown)], default=str)
    return ViewerKey(number, hashlib.sha256(told.encode(errors="replace")).hexdigest())


def recorded_key(document: Mapping[str, Any]) -> ViewerKey:
    """The viewer of a document; the first one where it does not tell."""
    match document.get("viewer"):
        case {"number": int(number), "content": str() | None as content}:
            return ViewerKey(number, content)
    return FIRST


def sessions_of(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The session of a document, and those that wait in it, each by itself."""
    own = {key: value for key, value in document.items() if key != "waiting"}
    return [own, *waiting_of(document)]


def waiting_of(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The sessions in a document of viewers that have not come yet."""
    waiting = document.get("waiting")
    return [one for one in waiting if is_session(one)] if isinstance(waiting, list) else []


def choose(
    sessions: Sequence[dict[str, Any]],
    key: ViewerKey,
    is_same_command: Callable[[Mapping[str, Any]], bool],
) -> dict[str, Any] | None:
    """The session of the viewer with `key`, None where each is of another one.

    That of the same content comes before that of the same number, which such a viewer has had. Of
    another command the first viewer stands for whichever its only session is of.
    """
    same = [one for one in sessions if is_same_command(one)]
    known = [one for one in same if key.content and recorded_key(one).content == key.content]
    counted = [one for one in sessions if recorded_key(one).number == key.number]
    alone = sessions if key.number == 1 and len(sessions) == 1 and not same else []
    return next(iter([*(one for one in known if one in counted), *known, *counted, *alone]), None)


def is_of_this_command(document: Mapping[str, Any]) -> bool:
    """Whether a session is one of the command line of this process."""
    return bool(_command(document.get("argv")) == _command(sys.argv))


def _command(argv: Any) -> Any:
    """A command line, wherever its program lies: that may be another place after an upgrade."""
    try:
        return [Path(argv[0]).name, *argv[1:]]
    except (IndexError, KeyError, TypeError):
        return argv


def _content(layer: Any) -> list[Any]:
    """What a layer shows, as JSON, as far as it lies in memory or is told by where it is from."""
    told: list[Any] = [layers.kind(layer), layer.name]
    try:
        told += [source_of(layer), layers.shape(layer)]
        if type(layer.data) is np.ndarray:
            told.append(_digest(layer.data))
    except Exception as error:
        log.info("desktopd: of %r nobody knows what it shows: %s", told[1], error)
    return told


def _digest(data: np.ndarray[Any, Any]) -> str:
    """A digest of an array, by as many elements as make up a small one."""
    most = max(2, int(SAMPLES ** (1 / max(1, data.ndim))))
    some = data[tuple(slice(None, None, -(-size // most) or None) for size in data.shape)]
    if some.dtype.hasobject:
        return str(some.dtype)
    return f"{some.dtype.str} {hashlib.sha256(some.tobytes()).hexdigest()}"

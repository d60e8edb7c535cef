"""Layers that a command has made of no file: a script makes them again at each start.

Tested by tests/unit/integrations/napari/session/test_made.py.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any
from weakref import WeakKeyDictionary

from desktopd.integrations.napari.session.reading import source_of

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Made:
    """What a command has made, or a session has put into what a file has: `name` is the first one.

    `replaced`: whether the layer's data is another than theirs; None where nobody knows.
    """

    name: str
    replaced: bool | None = False


_made: WeakKeyDictionary[Any, Made | None] = WeakKeyDictionary()
_begun: WeakKeyDictionary[Any, list[dict[str, Any]]] = WeakKeyDictionary()


def note_made(layers: Any) -> None:
    """Note that a command has made those of a viewer's `layers` of which nothing is noted.

    What it has read from a file it has not made. The first time all are noted that it has.
    """
    for layer in layers:
        if not is_noted(layer):
            _made[layer] = None if _source_of(layer) else Made(layer.name)
    _begun.setdefault(layers, [origin_of(layer) for layer in layers])


def is_noted(layer: Any) -> bool:
    """Whether anything is noted of `layer`."""
    return layer in _made


def origin_of(layer: Any) -> dict[str, Any]:
    """From where a command has a layer, as JSON: what it has read, or by which name it made it."""
    return _source_of(layer) or _by_name(made_of(layer))


def recorded_origin(record: Mapping[str, Any]) -> dict[str, Any]:
    """What `origin_of` gave of a recorded layer."""
    source = record.get("source")
    return source if source and isinstance(source, dict) else _by_name(recorded_of(record))


def _source_of(layer: Any) -> dict[str, Any] | None:
    try:
        return source_of(layer)
    except Exception as error:
        # A plugin's layer may tell nothing of itself: whoever makes it has it by its name.
        log.info("desktopd: nobody can tell from where %r is: %s", layer, error)
        return None


def _by_name(made: Made | None) -> dict[str, Any]:
    return {"name": made and made.name}


def begun_with(layers: Any) -> list[dict[str, Any]] | None:
    """Origins of the layers that a viewer had of its command; None where nobody has noted them."""
    return _begun.get(layers)


def note_replaced(layer: Any, made: Made | None) -> None:
    """Note that the data of `layer`, which stands for what was `made`, is a session's."""
    _made[layer] = made and replace(made, replaced=True)


def made_of(layer: Any) -> Made | None:
    """What of a command a layer is; None for any other."""
    return _made.get(layer)


def as_json(made: Made | None) -> dict[str, Any] | None:
    """What `recorded_of` has it of again."""
    return None if made is None else asdict(made)


def recorded_of(record: Mapping[str, Any]) -> Made | None:
    """What of a command a recorded layer was; of an old record nothing but its name is known."""
    if "made" not in record:
        return None if record.get("source") else Made(record["name"], None)
    made = record["made"]
    if not isinstance(made, dict) or not isinstance(made.get("name"), str):
        return None
    return Made(made["name"], bool(made.get("replaced")))

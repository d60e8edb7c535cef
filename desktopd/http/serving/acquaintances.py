"""Who has been let in before, known again by the header that let him in, before it is checked."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from desktopd.http.remembered import Remembered

LOOKED_AT = 16_384
"""Bytes of a request in which its header is looked for."""
_NAMES = b"\nauthorization:", b"\ncookie:"


class Acquaintances:
    """The last headers by which somebody came in.

    Whoever shows one of them is served beside strangers, and nothing else depends on it. All that
    let one person in are one: he may have come by any number of cookies.
    """

    def __init__(self) -> None:
        self._remembered = Remembered()

    def remember(self, value: bytes, who: Hashable) -> None:
        """Somebody has been let in by this value of ``Cookie`` or ``Authorization``."""
        self._remembered.note(value, who)

    def known(self, request: bytes) -> Hashable | None:
        """Who shows one of them in a request, as that comes from the network; None for nobody."""
        shown = map(self._remembered.who, _shown(request[:LOOKED_AT]))
        return next((who for who in shown if who is not None), None)


def _shown(request: bytes) -> Iterator[bytes]:
    """The first value of each name, as the application takes it: of further ones nobody asks.

    A stranger chooses the bytes, and a thousand of them may be heard before anybody has his turn.
    """
    lower = request.lower()
    for name in _NAMES:
        begin = lower.find(name) + len(name)
        if begin >= len(name):
            value, _, _ = request[begin:].partition(b"\n")
            yield value.strip(b" \t\r")

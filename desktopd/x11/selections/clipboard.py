"""The clipboard of X: what programs offer by the selection CLIPBOARD, and what we offer by it.

XFIXES tells of each change of its owner. Every change has a serial, and none takes the place of a
later one. What was copied by a program that has ended stays: we own it then, and what we own stays
when the X server or we end. PRIMARY, what is selected at the moment, is no part of it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from itertools import count

from Xlib import X
from Xlib.ext import xfixes

from desktopd.observers import Observers
from desktopd.x11.connection import Connection, Display, Event, XRequestError
from desktopd.x11.selections.content import Content, ContentLimits
from desktopd.x11.selections.kept_content import forget, keep, take_kept
from desktopd.x11.selections.owner import SelectionOwner, follow_owner, owner_of
from desktopd.x11.selections.properties import TransferError
from desktopd.x11.selections.reader import SelectionReader
from desktopd.x11.selections.targets import Form

SELECTION = "CLIPBOARD"
# Text first, for viewers that know nothing else do not wait for an image.
_ORDER = (Form.TEXT, Form.FILES, Form.HTML, Form.IMAGE)

logger = logging.getLogger(__name__)


class Superseded(Exception):
    """What was to be put into the clipboard is older than what is there."""


class Kind(StrEnum):
    """What is on the clipboard, by the form that says most of it."""

    NOTHING = "nothing"
    TEXT = "text"
    IMAGE = "image"
    FILES = "files"
    HTML = "html"
    UNREADABLE = "unreadable"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Offer:
    """What is to be pasted. A later change has a higher serial; more of the same has the same.

    `problem` says to the user what of it could not be had, and why; mostly empty. `owned` is False
    where nobody offers anything.
    """

    serial: int
    content: Content
    problem: str = ""
    owned: bool = True

    @property
    def kind(self) -> Kind:
        """Unreadable is what only programs of the desktop can paste, as it is too large for us."""
        content = self.content
        kinds = {
            Kind.NOTHING: not self.owned,
            Kind.TEXT: content.text is not None,
            Kind.IMAGE: content.image is not None,
            Kind.FILES: bool(content.uris),
            Kind.HTML: content.html is not None,
            Kind.UNREADABLE: bool(self.problem),
        }
        return next((kind for kind, is_so in kinds.items() if is_so), Kind.OTHER)


NOTHING = Offer(0, Content(), owned=False)


class Clipboard:
    """The clipboard; `offer` is what is known of it, from another X client or from `put`."""

    def __init__(
        self,
        connection: Connection,
        owner: SelectionOwner,
        limits: ContentLimits,
        serials: Iterator[int],
    ) -> None:
        self.offer = NOTHING
        self._connection = connection
        self._owner = owner
        self._limits = limits
        self._serials = serials
        self._newest = 0
        self._reader = SelectionReader(connection, owner.window, SELECTION, limits)
        self._reading: asyncio.Task[None] | None = None
        self._keeping: asyncio.Task[None] | None = None
        self._text_handlers: Observers[[str]] = Observers()
        self._offer_handlers: Observers[[Offer]] = Observers()

    @classmethod
    async def open(
        cls,
        connection: Connection,
        limits: ContentLimits | None = None,
        serials: Iterator[int] | None = None,
        before: Offer = NOTHING,
    ) -> Clipboard:
        """Follow the clipboard of `connection`.

        Where nobody owns it, it has again what was to be pasted `before`, on a display that has
        ended, or what an earlier daemon owned on this one. Serials are taken from `serials`, which
        may go on where those of another display ended. Raises XError when the server has no XFIXES.
        """
        owner = await SelectionOwner.open(connection, SELECTION)
        clipboard = cls(connection, owner, limits or ContentLimits(), serials or count(1))
        connection.subscribe(clipboard._on_event)
        await connection.call(partial(follow_owner, owner.window, SELECTION))
        await clipboard._begin_with(before)
        return clipboard

    @property
    def text(self) -> str:
        """The text of the offer, empty where it has none."""
        return self.offer.content.text or ""

    @property
    def newest(self) -> int:
        """The serial of the last change, also while what was copied is being read."""
        return self._newest if self._is_reading else self.offer.serial

    @property
    def _is_reading(self) -> bool:
        return self._reading is not None and not self._reading.done()

    def on_change(self, handler: Callable[[str], None]) -> Callable[[], None]:
        """Call `handler` in the loop with each text that another X client copies."""
        return self._text_handlers.add(handler)

    def on_offer(self, handler: Callable[[Offer], None]) -> Callable[[], None]:
        """Call `handler` in the loop at each change, by another X client or by `put`.

        It may come twice with the same serial: first the text, then with all the rest.
        """
        return self._offer_handlers.add(handler)

    def next_serial(self) -> int:
        """The serial of a copy that the user makes now, and that takes time to arrive."""
        return next(self._serials)

    async def set(self, text: str) -> Offer:
        """Offer `text`, as `put` does."""
        return await self.put(Content(text=text))

    async def put(self, content: Content, serial: int | None = None) -> Offer:
        """Become the owner of the clipboard, with `content` to paste.

        Raises ContentTooLarge, ValueError for text that is no Unicode, and Superseded when there
        has been a copy after the one of this `serial` (None: of this moment).
        """
        content.check(self._limits)
        time = await self._owner.time()
        if serial is None or self.offer == Offer(self._newest, Content(), owned=False):
            serial = self.next_serial()
        elif serial < self._newest:
            raise Superseded("something else was copied in the meantime")
        # Without a pause from here to the request: of a copy that X has had before, the news come
        # after, and find us as the owner.
        self._begin(serial)
        offer = Offer(serial, content)
        self._tell(offer)
        self._keep(content)
        await self._owner.own({SELECTION: content}, time)
        return offer

    async def _begin_with(self, before: Offer) -> None:
        time = await self._owner.time()
        kept = await take_kept(self._connection)
        if await self._connection.call(_owner) != X.NONE:
            self._read_anew()
        elif before.content != Content():
            # The same goes on: nobody has to be told.
            await self._own(before, time)
        elif kept != Content():
            await self._own(Offer(self.next_serial(), kept), time)

    async def _own(self, offer: Offer, time: int) -> None:
        self._begin(offer.serial)
        self.offer = offer
        self._keep(offer.content)
        await self._owner.own({SELECTION: offer.content}, time)

    def _on_event(self, event: Event) -> None:
        ours = self._owner.window.id
        if not isinstance(event, xfixes.SelectionNotify) or event.window.id != ours:
            return
        if event.owner.id == X.NONE:
            # A program that clears the clipboard, as one for passwords does, wants it cleared.
            cleared = event.sub_code == xfixes.XFixesSetSelectionOwnerNotify
            self._lose(None if cleared else event.timestamp)
        elif event.owner.id != ours:
            self._read_anew()

    def _lose(self, ended: int | None) -> None:
        """Nobody owns the clipboard any more: take it over from a program that has `ended`.

        `ended` is the time of the X server at which it did, None where it has not.
        """
        content = self.offer.content if self.offer.serial == self._newest else Content()
        if ended is None or content == Content():
            self._keep(None)
            self._begin(self.next_serial())
            self._tell(Offer(self._newest, Content(), owned=False))
        else:
            # The same goes on: nobody has to be told. A copy after `ended` stays the owner.
            self._begin(self._newest)
            self._keep(content)
            self._connection.spawn(self._owner.own({SELECTION: content}, ended))

    def _keep(self, content: Content | None) -> None:
        """Keep what we own for the daemon after this one, nothing of what others own."""
        if self._keeping is not None:
            self._keeping.cancel()
        connection = self._connection
        kept = forget(connection) if content is None else keep(connection, content)
        self._keeping = connection.spawn(kept)

    def _begin(self, serial: int) -> None:
        self._newest = serial
        if self._reading is not None:
            self._reading.cancel()

    def _read_anew(self) -> None:
        self._keep(None)
        serial = self.next_serial()
        self._begin(serial)
        self._reading = self._connection.spawn(self._read(serial))

    async def _read(self, serial: int) -> None:
        """Read what another client has copied; cancelled by a later copy and by `put`."""
        owner = await self._connection.call(_owner)
        if owner in (X.NONE, self._owner.window.id):
            return
        try:
            offered = await self._reader.targets()
        except (TransferError, XRequestError) as failure:
            self._tell(Offer(serial, Content(), _problem("what a program copied", failure)))
            return
        offer = Offer(serial, Content())
        for form in _ORDER:
            offer = await self._with(offer, form, offered)
            if form is Form.TEXT and offer.content.text is not None:
                self._tell(offer)
                self._text_handlers.call(offer.content.text)
        if offer != self.offer:
            self._tell(offer)

    async def _with(self, offer: Offer, form: Form, offered: tuple[str, ...] | None) -> Offer:
        try:
            return replace(offer, content=await self._reader.add(offer.content, form, offered))
        except (TransferError, XRequestError, ValueError) as failure:
            return replace(offer, problem=_problem(f"the copied {form.value}", failure))

    def _tell(self, offer: Offer) -> None:
        if offer.problem:
            logger.warning("%s", offer.problem)
        self.offer = offer
        self._offer_handlers.call(offer)


def _problem(what: str, failure: Exception) -> str:
    return f"{what} can be pasted on the desktop only: {failure}"


# From here on: run in the X thread.


def _owner(display: Display) -> int:
    return owner_of(display.get_atom(SELECTION), display)

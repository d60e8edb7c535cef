"""The people at one desktop: their names and colours, where they point, who of them has control.

A person is one browser with all of its tabs, or one VNC viewer.
"""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from secrets import token_hex

from desktopd import audit
from desktopd.observers import Observers
from desktopd.rfb.viewers.control import Control, ControlImpossible, ControlMode, Seated
from desktopd.rfb.viewers.viewer import Role

NAME_LIMIT = 40
"""Characters of a name."""
COLOURS = 8
"""How many colours there are; the page knows which."""
GRACE_SECONDS = 10.0
"""How long who holds control may be away, as while a page reloads, before it is free."""


class Via(StrEnum):
    """How a person comes: by the page, or by a viewer that has no name for its user."""

    PAGE = "page"
    VNC = "vnc"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who comes, as the listener knows it. `key`: the same for all connections of one person.

    `owner`: came by the desktop's own token, or as its user, and decides who has control. `name`:
    what this person is called to begin with.
    """

    key: str
    role: Role
    owner: bool = False
    via: Via = Via.PAGE
    name: str = ""

    @classmethod
    def unnamed(cls, role: Role, *, owner: bool = False) -> Visitor:
        """One connection of a viewer that shares nothing with any other."""
        return cls(token_hex(16), role, owner, Via.VNC)


@dataclass(slots=True, eq=False, weakref_slot=True)
class Person:
    """Somebody who is here. `id` is for everybody's eyes, unlike the visitor's key."""

    visitor: Visitor
    colour: int
    number: int
    id: str = field(default_factory=lambda: token_hex(4))
    name: str = ""
    pointer: tuple[int, int] | None = None
    """The pixel of the desktop that was last pointed at."""
    connections: int = 0
    departs: bool = False
    """Its right to be here is over: it is gone with its last connection."""
    withdrawn: Observers[[]] = field(default_factory=Observers)
    """Called where the person may not act any more, and what it holds down is to be released."""


class People:
    """Everybody who is here, in the order of their coming. All of this belongs to the loop."""

    def __init__(self, mode: ControlMode = ControlMode.SHARED) -> None:
        self.control = Control(mode)
        self._people: dict[str, Person] = {}
        self._graces: dict[str, asyncio.TimerHandle] = {}
        self._expiry: asyncio.TimerHandle | None = None
        self._changes = Observers[[]]()
        self._pointers = Observers[[]]()
        self._seen = self._state()
        self.revision = 0
        """Another number after each change of which `on_change` tells."""
        self._changes.add(self._count)

    def __iter__(self) -> Iterator[Person]:
        return iter(tuple(self._people.values()))

    def __len__(self) -> int:
        return len(self._people)

    def find(self, key: str) -> Person | None:
        """The person with this key, who is here."""
        return self._people.get(key)

    def named(self, person_id: str) -> Person:
        """The person with this id; ControlImpossible where nobody has it."""
        for person in self:
            if person.id == person_id:
                return person
        raise ControlImpossible("this person has left", "GET api/people tells who is here")

    @contextmanager
    def here(self, visitor: Visitor) -> Iterator[Person]:
        """Count a connection of `visitor` in for as long as the context lasts."""
        person = self._people.get(visitor.key) or self._welcome(visitor)
        self._stay(person)
        person.departs = False
        person.connections += 1
        try:
            yield person
        finally:
            person.connections -= 1
            if not person.connections:
                self._part(person)

    def depart(self, key: str) -> None:
        """Have the person of this key, whose right to be here is over, hold nothing for a while."""
        if (person := self._people.get(key)) is not None:
            person.departs = True
            if not person.connections:
                self._forget(person)

    def rename(self, person: Person, name: str) -> None:
        """Have a person be called so, as far as `tidy` leaves it."""
        if person.name != (tidied := tidy(name)):
            person.name = tidied
            self._changes.call()

    def point(self, person: Person, at: tuple[int, int]) -> None:
        """Take note where somebody points, for the others if there are any."""
        if len(self) > 1 and at != person.pointer:
            person.pointer = at
            self._pointers.call()

    @contextmanager
    def deciding(self) -> Iterator[Control]:
        """Change who has control; whoever may not act any more is told so by `on_change`."""
        try:
            yield self.control
        finally:
            self._settle()

    def on_change(self, handler: Callable[[], None]) -> Callable[[], None]:
        """Call `handler` when anything but a pointer is another; the result unsubscribes it."""
        return self._changes.add(handler)

    def on_pointer(self, handler: Callable[[], None]) -> Callable[[], None]:
        """Call `handler` when somebody points elsewhere; the result unsubscribes it."""
        return self._pointers.add(handler)

    def _count(self) -> None:
        self.revision += 1

    def _welcome(self, visitor: Visitor) -> Person:
        colours, numbers = ({p.colour for p in self}, {p.number for p in self})
        number = next(n for n in range(1, len(self) + 2) if n not in numbers)
        free = (colour for colour in range(COLOURS) if colour not in colours)
        colour = next(free, number % COLOURS)
        person = Person(visitor, colour, number, name=tidy(visitor.name))
        self._people[visitor.key] = person
        seated = Seated(full=visitor.role is Role.CONTROL, owner=visitor.owner)
        self.control.come(person.id, seated)
        self._changes.call()
        return person

    def _part(self, person: Person) -> None:
        """Have a person be gone: who holds control, after a while only."""
        # A VNC viewer that comes again cannot be known.
        comes_again = person.visitor.via is Via.PAGE and not person.departs
        if self.control.holder == person.id and comes_again:
            loop = asyncio.get_running_loop()
            grace = loop.call_later(GRACE_SECONDS, self._forget, person)
            self._graces[person.visitor.key] = grace
        else:
            self._forget(person)

    def _stay(self, person: Person) -> None:
        if grace := self._graces.pop(person.visitor.key, None):
            grace.cancel()

    def _forget(self, person: Person) -> None:
        self._stay(person)
        del self._people[person.visitor.key]
        self.control.leave(person.id)
        self._settle(changed=True)

    def _settle(self, *, changed: bool = False) -> None:
        """Tell of what has changed, and see to the end of what waits."""
        if (state := self._state()) != self._seen:
            if state[1] != self._seen[1]:
                self._account(state[1])
            self._seen = state
            for person in self:
                if not self.control.may_act(person.id):
                    person.withdrawn.call()
            changed = True
        if (end := self.control.next_end) is not None and self._expiry is None:
            loop = asyncio.get_running_loop()
            self._expiry = loop.call_at(end, self._expire)
        if changed:
            self._changes.call()

    def _expire(self) -> None:
        self._expiry = None
        with self.deciding() as control:
            control.expire()

    def _state(self) -> tuple[ControlMode, str | None, tuple[str, ...]]:
        return self.control.mode, self.control.holder, tuple(self.control.asking)

    def _account(self, holder: str | None) -> None:
        name = next((person.name for person in self if person.id == holder), None)
        audit.note(audit.Event.CONTROL, person=holder or "nobody", name=name)


@dataclass(frozen=True, slots=True)
class PersonHands:
    """What counts of the input of one of a person's viewers."""

    people: People
    person: Person

    def may_act(self) -> bool:
        """Whether it reaches the desktop, as long as nothing is pressed."""
        return self.people.control.may_act(self.person.id)

    def use(self) -> bool:
        """Whether what is pressed reaches the desktop."""
        with self.people.deciding() as control:
            return control.use(self.person.id)

    def point(self, x: int, y: int) -> None:
        """Show the others where this person points."""
        self.people.point(self.person, (x, y))


def tidy(name: str) -> str:
    """A name as others see it: of one line, without what is not seen or turns the direction."""
    seen = "".join(
        " " if character.isspace() else character
        for character in name.encode(errors="ignore").decode()
        if character.isspace() or not unicodedata.category(character).startswith("C")
    )
    return " ".join(seen.split())[:NAME_LIMIT].strip()

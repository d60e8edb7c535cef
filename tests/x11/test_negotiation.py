"""The words of XDND, with a target that does as each test wants: versions, proxies, and silence."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from Xlib import X, Xatom
from Xlib.protocol import event as core

from desktopd.x11.connection import Connection, Display, Event
from desktopd.x11.selections import negotiation
from desktopd.x11.selections.content import Content
from desktopd.x11.selections.drag_source import DragSource
from desktopd.x11.selections.drop_target import drop_target
from desktopd.x11.selections.negotiation import DropResult

INSIDE, OUTSIDE = (150, 150), (900, 700)
TEXT = Content(text="text")


class Target:
    """A window at 100,100 of 200x200 pixels that takes drops by hand."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.events: list[Event] = []
        connection.subscribe(self.events.append)

    async def show(self, x: int = 100, parent: Any = None) -> Any:
        def show(display: Display) -> Any:
            above = parent or display.screen().root
            window = above.create_window(
                *(x, x, 200, 200, 0, X.CopyFromParent),
                override_redirect=True,
                event_mask=X.PropertyChangeMask,
            )
            window.map()
            display.sync()
            return window

        return await self.connection.call(show)

    async def become_aware(self, window: Any, version: int) -> None:
        await self.set(window, "XdndAware", Xatom.ATOM, version)

    async def set(self, window: Any, name: str, kind: int, value: int) -> None:
        def change(display: Display) -> None:
            window.change_property(display.get_atom(name), kind, 32, [value])
            display.sync()

        await self.connection.call(change)

    async def destroy(self, window: Any) -> None:
        def destroy(display: Display) -> None:
            window.destroy()
            display.sync()

        await self.connection.call(destroy)

    async def heard(self) -> list[tuple[str, list[int]]]:
        """The messages that have come, each with its words."""
        messages = [event for event in self.events if isinstance(event, core.ClientMessage)]

        def named(display: Display) -> list[tuple[str, list[int]]]:
            return [(display.get_atom_name(m.client_type), [*m.data[1]]) for m in messages]

        return await self.connection.call(named)

    async def kinds(self) -> list[str]:
        return [kind for kind, _ in await self.heard()]

    async def say(self, kind: str, window: Any, source: int, flags: int) -> None:
        def say(display: Display) -> None:
            words = [window.id, flags, 0, 0, display.get_atom("XdndActionCopy")]
            receiver = display.create_resource_object("window", source)
            receiver.send_event(
                core.ClientMessage(
                    window=receiver, client_type=display.get_atom(kind), data=(32, words)
                )
            )
            display.sync()

        await self.connection.call(say)

    async def ask(self, window: Any, time: int) -> None:
        """Ask for what is dragged, as text."""

        def ask(display: Display) -> None:
            names = ("XdndSelection", "UTF8_STRING", "ANSWER")
            window.convert_selection(*map(display.get_atom, names), time)
            display.sync()

        await self.connection.call(ask)


@pytest.fixture
async def target(server, connect) -> Target:
    return Target(await connect(server))


@pytest.fixture
async def source(server, connect) -> DragSource:
    return await DragSource.open(await connect(server))


@pytest.fixture
def found(server, connect) -> Callable[..., Awaitable[Any]]:
    """The target at a place, as (window, receiver, version) or None."""

    async def found(place: tuple[int, int]) -> Any:
        connection = await connect(server)
        target = await connection.call(lambda display: drop_target(display, *place))
        return target and (target.window.id, target.receiver.id, target.version)

    return found


async def test_a_window_without_xdnd_is_no_target(target, found):
    window = await target.show()
    assert await found(INSIDE) is None
    await target.become_aware(window, 5)
    assert await found(INSIDE) == (window.id, window.id, 5)
    assert await found(OUTSIDE) is None


@pytest.mark.parametrize(("has", "spoken"), [(1, None), (2, None), (3, 3), (4, 4), (5, 5), (9, 5)])
async def test_the_version_is_the_lower_of_both(target, found, has, spoken):
    window = await target.show()
    await target.become_aware(window, has)
    assert await found(INSIDE) == (spoken and (window.id, window.id, spoken))


async def test_the_target_may_lie_in_frames(target, found):
    frame = await target.show()
    inner = await target.show(10, frame)
    innermost = await target.show(10, inner)
    await target.become_aware(innermost, 5)
    assert await found(INSIDE) == (innermost.id, innermost.id, 5)
    await target.become_aware(inner, 4)
    assert await found(INSIDE) == (inner.id, inner.id, 4)
    assert await found((105, 105)) is None


async def test_the_window_on_top_is_asked(target, found):
    below, above = await target.show(), await target.show()
    await target.become_aware(below, 5)
    assert await found(INSIDE) is None
    await target.destroy(above)
    assert await found(INSIDE) == (below.id, below.id, 5)


async def test_a_proxy_gets_the_messages(server, connect, target, found, source, eventually):
    other = Target(await connect(server))
    window, proxy = await target.show(), await other.show(1000)
    await target.set(window, "XdndProxy", Xatom.WINDOW, proxy.id)
    await other.become_aware(proxy, 5)
    assert await found(INSIDE) is None, "a proxy that does not name itself is left from a crash"
    await other.set(proxy, "XdndProxy", Xatom.WINDOW, proxy.id)
    assert await found(INSIDE) == (window.id, proxy.id, 5)
    drop = asyncio.create_task(source.drop(*INSIDE, TEXT))
    await eventually(other.kinds, ["XdndEnter", "XdndPosition"])
    assert await target.kinds() == []
    (_, (sender, *_)), _ = await other.heard()
    messages = [event for event in other.events if isinstance(event, core.ClientMessage)]
    assert {message.window.id for message in messages} == {window.id}
    await other.say("XdndStatus", window, sender, 1)
    await other.say("XdndFinished", window, sender, 1)
    assert await drop is DropResult.ACCEPTED


async def test_a_proxy_that_is_gone_is_ignored(target, found):
    window, proxy = await target.show(), await target.show(1000)
    await target.set(window, "XdndProxy", Xatom.WINDOW, proxy.id)
    await target.become_aware(window, 5)
    await target.destroy(proxy)
    assert await found(INSIDE) == (window.id, window.id, 5)


@pytest.fixture
async def drag(target, source, eventually) -> Any:
    """Begins a drop on a target of this version: the task, the target's window, the source."""

    async def drag(version: int = 5, content: Content = TEXT) -> tuple[Any, Any, int]:
        window = await target.show()
        await target.become_aware(window, version)
        task = asyncio.create_task(source.drop(*INSIDE, content))
        await eventually(target.kinds, ["XdndEnter", "XdndPosition"])
        return task, window, (await target.heard())[0][1][0]

    return drag


async def test_what_is_said(target, drag, eventually):
    task, window, source = await drag(content=Content(text="text", uris=("https://a.test/",)))
    names = ["text/uri-list", "x-special/gnome-copied-files", "UTF8_STRING"]
    names += ["text/plain;charset=utf-8", "text/plain", "STRING"]

    def atoms(display: Display) -> Any:
        source_window = display.create_resource_object("window", source)
        found = source_window.get_property(display.get_atom("XdndTypeList"), Xatom.ATOM, 0, 100)
        return [display.get_atom_name(atom) for atom in found.value]

    assert await target.connection.call(atoms) == names
    (_, enter), (_, position) = await target.heard()
    first = await target.connection.call(lambda d: [d.get_atom(name) for name in names[:3]])
    assert enter == [source, 5 << 24 | 1, *first]
    copy = await target.connection.call(lambda display: display.get_atom("XdndActionCopy"))
    time = position[3]
    assert position == [source, 0, 150 << 16 | 150, time, copy]
    assert time > 0
    await target.say("XdndStatus", window, source, 1)
    await eventually(target.kinds, ["XdndEnter", "XdndPosition", "XdndDrop"])
    assert (await target.heard())[-1][1] == [source, 0, time, 0, 0]
    await target.say("XdndFinished", window, source, 1)
    assert await task is DropResult.ACCEPTED


@pytest.mark.parametrize(
    ("version", "flags", "result"),
    [
        (5, 1, DropResult.ACCEPTED),
        (5, 0, DropResult.REFUSED),
        (4, 0, DropResult.ACCEPTED),
        (3, 0, DropResult.ACCEPTED),
    ],
)
async def test_only_version_5_tells_that_a_drop_failed(target, drag, version, flags, result):
    task, window, source = await drag(version)
    assert (await target.heard())[0][1][1] >> 24 == version
    await target.say("XdndStatus", window, source, 1)
    await target.say("XdndFinished", window, source, flags)
    assert await task is result


async def test_a_refusal_ends_with_leave(target, drag, eventually, monkeypatch):
    monkeypatch.setattr(negotiation, "POSITIONS", 3)
    task, window, source = await drag()
    for count in (1, 2, 3):
        await eventually(target.kinds, ["XdndEnter", *["XdndPosition"] * count])
        await target.say("XdndStatus", window, source, 0)
    assert await task is DropResult.REFUSED
    await eventually(target.kinds, ["XdndEnter", *["XdndPosition"] * 3, "XdndLeave"])


async def test_a_target_that_says_nothing_is_left(target, drag, eventually, monkeypatch):
    monkeypatch.setattr(negotiation, "STATUS_SECONDS", 0.2)
    task, _, _ = await drag()
    assert await task is DropResult.TIMED_OUT
    await eventually(target.kinds, ["XdndEnter", "XdndPosition", "XdndLeave"])


async def test_a_drop_that_is_given_up_is_left(target, drag, eventually):
    task, _, _ = await drag()
    task.cancel()
    await eventually(target.kinds, ["XdndEnter", "XdndPosition", "XdndLeave"])


async def test_a_target_that_never_finishes(target, source, drag, eventually, monkeypatch):
    """It may still ask for what it was given, until something else is dropped."""
    monkeypatch.setattr(negotiation, "FINISH_SECONDS", 0.2)
    monkeypatch.setattr(negotiation, "ALIVE_SECONDS", 0.1)
    task, window, first = await drag()
    await target.say("XdndStatus", window, first, 1)
    assert await task is DropResult.TIMED_OUT
    time = (await target.heard())[1][1][3]
    await target.ask(window, time)
    answers: list[Event] = []

    def answered() -> int:
        answers[:] = [e for e in target.events if isinstance(e, core.SelectionNotify)]
        return len(answers)

    await eventually(answered, 1)
    assert answers[0].property != X.NONE

    monkeypatch.undo()
    target.events.clear()
    second = asyncio.create_task(source.drop(*INSIDE, Content(text="second")))
    await eventually(target.kinds, ["XdndEnter", "XdndPosition"])
    await target.ask(window, time)
    await eventually(answered, 1)
    assert answers[0].property == X.NONE, "it would take the second drop for the first"
    # Nor is the end of the first taken for that of the second.
    await target.say("XdndFinished", window, first, 0)
    sender = (await target.heard())[0][1][0]
    assert sender != first
    await target.say("XdndStatus", window, sender, 1)
    await target.say("XdndFinished", window, sender, 1)
    assert await second is DropResult.ACCEPTED


async def test_a_target_that_goes_after_the_drop(target, drag, eventually, monkeypatch):
    monkeypatch.setattr(negotiation, "ALIVE_SECONDS", 0.1)
    task, window, source = await drag()
    await target.say("XdndStatus", window, source, 1)
    await eventually(target.kinds, ["XdndEnter", "XdndPosition", "XdndDrop"])
    await target.destroy(window)
    assert await task is DropResult.TIMED_OUT

"""Programs that copy and paste: xclip, and an X client that does as a test wants."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

from Xlib import X
from Xlib.protocol import event as core

from desktopd.x11.connection import Connection, Display, Event
from desktopd.x11.selections.clipboard import Clipboard

if TYPE_CHECKING:
    from conftest import Server

# 900 KB, which go in parts.
LONG = "".join(f"{i} grün 細胞 🔬\n" for i in range(38_000))


def copy(server: Server, content: str | bytes, target: str | None = None) -> None:
    """Have xclip own the clipboard, in the background until another client does."""
    command = ["xclip", "-quiet", "-in", "-selection", "clipboard"]
    command += ["-target", target] if target else []
    process = server.start(*command, stdin=subprocess.PIPE)
    assert process.stdin is not None
    process.stdin.write(content.encode() if isinstance(content, str) else content)
    process.stdin.close()


async def paste_bytes(server: Server, target: str, selection: str = "clipboard") -> bytes:
    """What xclip gets, without holding up the loop that may have to give it."""
    command = ["xclip", "-out", "-selection", selection, "-target", target]
    process = await asyncio.create_subprocess_exec(
        *command, env=server.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    output, errors = await asyncio.wait_for(process.communicate(), 60)
    assert (process.returncode, errors) == (0, b"")
    return output


async def paste(server: Server, target: str = "UTF8_STRING", selection: str = "clipboard") -> str:
    """The text that xclip gets."""
    pasted = await paste_bytes(server, target, selection)
    return pasted.decode("latin-1" if target == "STRING" else "utf-8")


def listen(clipboard: Clipboard) -> list[str]:
    heard: list[str] = []
    clipboard.on_change(heard.append)
    return heard


class Program:
    """An X client that copies and pastes as a test wants it to."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.events: list[Event] = []
        connection.subscribe(self.events.append)

    async def open(self) -> Program:
        self.window = await self.connection.call(
            lambda display: display.screen().root.create_window(
                *(0, 0, 1, 1, 0, X.CopyFromParent), event_mask=X.PropertyChangeMask
            )
        )
        await self.connection.ping()
        return self

    async def copy(self) -> None:
        """Own the clipboard."""

        def own(display: Display) -> None:
            self.window.set_selection_owner(display.get_atom("CLIPBOARD"), X.CurrentTime)
            display.sync()

        await self.connection.call(own)

    async def give(self, request: Event, kind: str | None, items: Any, bits: int = 8) -> None:
        """Answer the request with a property of this kind, or with none."""

        def answer(display: Display) -> None:
            if kind is not None:
                request.requestor.change_property(
                    request.property, display.get_atom(kind), bits, items
                )
            notice = core.SelectionNotify(
                time=request.time,
                requestor=request.requestor,
                selection=request.selection,
                target=request.target,
                property=X.NONE if kind is None else request.property,
            )
            request.requestor.send_event(notice)
            display.sync()

        await self.connection.call(answer)

    async def write(self, request: Event, part: bytes) -> None:
        """One part of what was announced, when what came before it has been taken."""

        def write(display: Display) -> None:
            if request.requestor.get_property(request.property, X.AnyPropertyType, 0, 1) is None:
                request.requestor.change_property(request.property, request.target, 8, part)
                display.sync()

        await self.connection.call(write)

    async def give_targets(self, request: Event, *names: str) -> None:
        """Say what can be had."""
        atoms = await self.connection.call(lambda display: [*map(display.get_atom, names)])
        await self.give(request, "ATOM", atoms, bits=32)

    async def convert(self, target: str, into: str) -> None:
        """Ask for the clipboard."""

        def ask(display: Display) -> None:
            atoms = [display.get_atom(name) for name in ("CLIPBOARD", target, into)]
            self.window.convert_selection(*atoms, X.CurrentTime)
            display.sync()

        await self.connection.call(ask)

    async def value(self, name: str, *, delete: bool = False) -> Any:
        """A property of the window as (type, items); None without one."""

        def read(display: Display) -> Any:
            found = self.window.get_property(
                display.get_atom(name), X.AnyPropertyType, 0, 1_000_000, delete
            )
            return found and (display.get_atom_name(found.property_type), found.value)

        return await self.connection.call(read)

    def arrived(self, kind: type) -> list[Event]:
        return [event for event in self.events if isinstance(event, kind)]

    async def serve(
        self,
        eventually: Callable[..., Awaitable[None]],
        answers: Mapping[str, bytes],
        *silent: str,
    ) -> None:
        """Offer `answers` and what is in `silent`, and give each answer when it is asked for."""
        await eventually(lambda: len(self.arrived(core.SelectionRequest)), 1)
        await self.give_targets(self.arrived(core.SelectionRequest)[0], *answers, *silent)
        for count in range(2, len(answers) + 2):
            await eventually(lambda: len(self.arrived(core.SelectionRequest)), count)
            request = self.arrived(core.SelectionRequest)[-1]
            name = await self.connection.call(lambda d: d.get_atom_name(request.target))  # noqa: B023
            await self.give(request, name, answers[name])


async def received(program: Program, name: str) -> str:
    """What comes in parts by the property of this name."""
    assert (await program.value(name, delete=True))[0] == "INCR"
    data = bytearray()
    while (part := await program.value(name, delete=True)) is None or part[1]:
        data += part[1] if part else b""
    return data.decode()

"""Programs that copy and paste as few do: of another age, silent, stuck, ended in the middle."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from Xlib import X, Xatom
from Xlib.protocol import event as core

from desktopd.x11.connection import Display, Event
from desktopd.x11.selections import transfer
from tests.x11.selecting import LONG, Program, copy, listen, paste


async def test_a_program_that_knows_latin_1_only(clipboard, program, eventually):
    await program.copy()
    for count in (1, 2):  # TARGETS, UTF8_STRING
        await eventually(lambda: len(program.arrived(core.SelectionRequest)), count)
        await program.give(program.arrived(core.SelectionRequest)[-1], None, b"")
    await eventually(lambda: len(program.arrived(core.SelectionRequest)), 3)
    request = program.arrived(core.SelectionRequest)[2]
    assert request.target == Xatom.STRING
    await program.give(request, "STRING", "grün".encode("latin-1"))
    await eventually(lambda: clipboard.text, "grün")


async def test_a_copy_that_is_no_text_changes_nothing(server, clipboard, program, eventually):
    heard = listen(clipboard)
    await program.copy()
    for count in (1, 2, 3):
        await eventually(lambda: len(program.arrived(core.SelectionRequest)), count)
        await program.give(program.arrived(core.SelectionRequest)[-1], None, b"")
    copy(server, "next")
    await eventually(lambda: heard, ["next"])


async def silent(program: Program, request: Event) -> None:
    """Never answers."""


async def stuck(program: Program, request: Event) -> None:
    """Announces parts and sends none."""
    await program.give(request, "INCR", [4000], bits=32)


@pytest.mark.parametrize("answer", [silent, stuck])
async def test_a_program_that_does_not_do_its_part(
    server, clipboard, program, eventually, monkeypatch, caplog, answer: Callable[..., Any]
):
    monkeypatch.setattr(transfer, "PATIENCE", 0.1)
    heard = listen(clipboard)
    await program.copy()
    await eventually(lambda: len(program.arrived(core.SelectionRequest)))
    request = program.arrived(core.SelectionRequest)[0]
    await answer(program, request)
    await eventually(
        lambda: "can be pasted on the desktop only: it did nothing for 0.1 s" in caplog.text
    )
    monkeypatch.undo()
    copy(server, "next")
    await eventually(lambda: heard, ["next"])
    # What it writes now goes where nobody reads it.
    await program.give(request, "UTF8_STRING", b"late")
    copy(server, "last")
    await eventually(lambda: heard, ["next", "last"])


async def test_a_program_that_ends_while_it_is_asked(
    server, connect, clipboard, eventually, caplog
):
    heard = listen(clipboard)
    program = await Program(await connect(server)).open()
    await program.copy()
    await eventually(lambda: len(program.arrived(core.SelectionRequest)))
    await program.connection.close()
    copy(server, "next")
    await eventually(lambda: heard, ["next"])


async def test_a_program_that_ends_while_it_pastes(
    server, clipboard, program, eventually, monkeypatch, caplog
):
    caplog.set_level("INFO")
    monkeypatch.setattr(transfer, "PATIENCE", 0.3)
    await clipboard.set(LONG)
    await program.convert("UTF8_STRING", "ANSWER")
    await eventually(lambda: len(program.arrived(core.SelectionNotify)))
    assert (await program.value("ANSWER"))[0] == "INCR"
    await program.value("ANSWER", delete=True)
    await program.connection.close()
    await eventually(lambda: "did not get all" in caplog.text)
    monkeypatch.undo()
    assert await paste(server) == LONG


async def test_a_program_that_stops_pasting(
    server, clipboard, program, eventually, monkeypatch, caplog
):
    caplog.set_level("INFO")
    monkeypatch.setattr(transfer, "PATIENCE", 0.1)
    await clipboard.set(LONG)
    await program.convert("UTF8_STRING", "ANSWER")
    await eventually(lambda: "did not get all: it did nothing for 0.1 s" in caplog.text)
    monkeypatch.undo()
    assert await paste(server) == LONG


async def test_a_program_older_than_the_icccm(clipboard, program, eventually):
    """It names no property and expects the text in that of the target's name."""

    def ask(display: Display) -> None:
        atoms = [display.get_atom(name) for name in ("CLIPBOARD", "STRING")]
        program.window.convert_selection(*atoms, X.NONE, X.CurrentTime)
        display.sync()

    await clipboard.set("old")
    await program.connection.call(ask)
    await eventually(lambda: len(program.arrived(core.SelectionNotify)))
    assert await program.value("STRING") == ("STRING", b"old")

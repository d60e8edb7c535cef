"""Text on the clipboard, between desktopd and programs that copy and paste."""

from __future__ import annotations

import asyncio
import subprocess
from typing import TYPE_CHECKING

import pytest
from Xlib import X
from Xlib.protocol import event as core
from Xlib.protocol import request

from desktopd.x11.connection import Display
from desktopd.x11.selections.clipboard import Clipboard, Kind, Offer
from desktopd.x11.selections.content import Content, ContentLimits
from desktopd.x11.selections.transfer import CHUNK_BYTES
from tests.x11.conftest import end
from tests.x11.selecting import LONG, Program, copy, listen, paste, received

if TYPE_CHECKING:
    from tests.x11.conftest import Server

UNICODE = "grün 細胞 🔬\n\tzweite Zeile\u0000 ende"


@pytest.mark.parametrize("text", ["plain", UNICODE, "x" * 200_000, LONG], ids=len)
async def test_what_another_program_copies_is_told(server, clipboard, eventually, text):
    heard = listen(clipboard)
    copy(server, text)
    await eventually(lambda: heard, [text])
    assert clipboard.text == text
    copied = clipboard.newest
    assert copied == clipboard.offer.serial
    await clipboard.set("ours")
    assert copied < clipboard.newest == clipboard.offer.serial


@pytest.mark.parametrize(
    "text", ["", "plain", UNICODE, "x" * CHUNK_BYTES, "x" * (CHUNK_BYTES + 1), LONG], ids=len
)
async def test_what_is_set_can_be_pasted(server, clipboard, text):
    heard = listen(clipboard)
    await clipboard.set(text)
    assert clipboard.text == text
    assert await paste(server) == text
    assert await paste(server, "text/plain;charset=utf-8") == text
    assert await paste(server, "STRING") == text.encode("latin-1", "replace").decode("latin-1")
    assert heard == []


def test_the_long_text_is_900_kilobytes():
    assert 900_000 < len(LONG.encode()) < 1_048_576


async def test_targets_and_time(server, clipboard, program, eventually):
    await clipboard.set("text")
    targets = (await paste(server, "TARGETS")).split()
    assert targets == [
        *("TARGETS", "TIMESTAMP", "MULTIPLE"),
        *("UTF8_STRING", "text/plain;charset=utf-8", "text/plain", "STRING"),
    ]
    await program.convert("TIMESTAMP", "ANSWER")
    await eventually(lambda: len(program.arrived(core.SelectionNotify)))
    kind, items = await program.value("ANSWER")
    assert kind == "INTEGER"
    assert items[0] > 0


async def convert_several(program: Program, *pairs: tuple[str, str]) -> None:
    """Ask for the clipboard as several targets at once, each into a property of its own."""

    def write(display: Display) -> None:
        atoms = [display.get_atom(name) for pair in pairs for name in pair]
        kind = display.get_atom("ATOM_PAIR")
        program.window.change_property(display.get_atom("PAIRS"), kind, 32, atoms)

    await program.connection.call(write)
    await program.convert("MULTIPLE", "PAIRS")


async def test_several_targets_are_had_at_once(clipboard, program, eventually):
    await clipboard.set("grün")
    wanted = [
        ("UTF8_STRING", "ONE"),
        ("image/png", "TWO"),
        ("TARGETS", "THREE"),
        ("STRING", "FOUR"),
    ]
    await convert_several(program, *wanted)
    await eventually(lambda: len(program.arrived(core.SelectionNotify)))
    assert program.arrived(core.SelectionNotify)[0].property != X.NONE
    assert await program.value("ONE") == ("UTF8_STRING", "grün".encode())
    assert await program.value("TWO") is None
    assert (await program.value("THREE"))[0] == "ATOM"
    assert await program.value("FOUR") == ("STRING", "grün".encode("latin-1"))
    kind, atoms = await program.value("PAIRS")
    assert kind == "ATOM_PAIR"
    assert [*atoms[2:4]] == [X.NONE, X.NONE]
    assert all([*atoms[:2], *atoms[4:]])


async def test_long_values_come_in_the_order_in_which_they_are_taken(
    clipboard, program, eventually
):
    await clipboard.set(LONG)
    names = ["ONE", "TWO", "THREE"]
    await convert_several(program, *(("UTF8_STRING", name) for name in names))
    await eventually(lambda: len(program.arrived(core.SelectionNotify)))
    for name in ["TWO", "THREE", "ONE"]:
        assert await received(program, name) == LONG


@pytest.mark.parametrize("pairs", [[], [("MULTIPLE", "ONE")]])
async def test_several_targets_of_which_there_are_none(clipboard, program, eventually, pairs):
    await clipboard.set("text")
    await convert_several(program, *pairs)
    await eventually(lambda: len(program.arrived(core.SelectionNotify)))
    assert await program.value("ONE") is None


async def test_what_is_not_offered_is_refused(clipboard, program, eventually):
    await clipboard.set("text")
    await program.convert("image/png", "ANSWER")
    await eventually(lambda: len(program.arrived(core.SelectionNotify)))
    assert program.arrived(core.SelectionNotify)[0].property == X.NONE


async def test_text_from_before_is_read(server, connect, eventually):
    first = await Clipboard.open(await connect(server))
    copy(server, "from before")
    await eventually(lambda: first.text, "from before")
    second = await Clipboard.open(await connect(server))
    await eventually(lambda: second.text, "from before")


async def test_the_same_text_copied_again_is_told_again(server, clipboard, eventually):
    heard = listen(clipboard)
    for count in range(1, 4):
        copy(server, "same")
        await eventually(lambda: heard, ["same"] * count)


async def cleared(program: Program) -> None:
    """The program owns the clipboard no longer, and goes on."""

    def clear(display: Display) -> None:
        request.SetSelectionOwner(
            display=display.display,
            onerror=None,
            window=X.NONE,
            selection=display.get_atom("CLIPBOARD"),
            time=X.CurrentTime,
        )
        display.sync()

    await program.connection.call(clear)


async def test_a_text_outlives_the_program_that_has_copied_it(server, clipboard, eventually):
    changes: list[Offer] = []
    clipboard.on_offer(changes.append)
    for text in ("first", LONG):
        copy(server, text)
        await eventually(lambda: clipboard.text, text)
        serial = clipboard.newest
        end(server.clients[-1])
        await eventually(lambda: pasted(server), text.encode())
        assert clipboard.offer == Offer(serial, Content(text=text))
    assert {change.serial for change in changes} == {serial - 1, serial}, "nothing else was copied"


def pasted(server: Server) -> bytes:
    """What a program gets, nothing where nobody offers anything; it asks us through the loop."""
    return asyncio.to_thread(
        lambda: (
            subprocess.run(
                ["xclip", "-out", "-selection", "clipboard"],
                env=server.environment,
                capture_output=True,
                timeout=20,
            ).stdout
        )
    )


async def test_what_nobody_offers_any_more_is_told(server, clipboard, program, eventually):
    await program.copy()
    await program.serve(eventually, {"UTF8_STRING": b"a password"})
    await eventually(lambda: clipboard.text, "a password")
    serial = clipboard.newest
    await cleared(program)
    await eventually(lambda: clipboard.offer.kind, Kind.NOTHING)
    assert clipboard.newest > serial
    assert await pasted(server) == b"", "who clears the clipboard has it cleared"
    copy(server, b"%PDF-", "application/pdf")
    await eventually(lambda: clipboard.offer.kind, Kind.OTHER)
    end(server.clients[-1])
    await eventually(lambda: clipboard.offer.kind, Kind.NOTHING)


async def test_what_takes_long_to_arrive_may_be_put_where_nothing_is(
    clipboard, program, eventually
):
    serial = clipboard.next_serial()
    await program.copy()
    await cleared(program)
    await eventually(lambda: clipboard.offer.kind, Kind.NOTHING)
    offer = await clipboard.put(Content(text="late"), serial)
    assert clipboard.newest == offer.serial > serial


async def test_of_quick_copies_the_last_one_stays(server, clipboard, eventually):
    for i in range(10):
        copy(server, f"{i} {LONG}"[:400_000])
    programs = server.clients[-10:]
    # Each ends once another has copied: then all of them have, and the last one is the last.
    await eventually(lambda: sum(program.poll() is None for program in programs), 1)
    last = await paste(server)
    await eventually(lambda: clipboard.text == last)


async def test_copies_and_sets_in_turn(server, clipboard, eventually):
    for i in range(10):
        copy(server, f"copied {i}")
        await eventually(lambda: clipboard.text, f"copied {i}")
        await clipboard.set(f"set {i}")
        assert await paste(server) == f"set {i}"
        assert clipboard.text == f"set {i}"


async def test_set_ends_the_reading_of_an_earlier_copy(clipboard, program, eventually):
    heard = listen(clipboard)
    await program.copy()
    await eventually(lambda: len(program.arrived(core.SelectionRequest)))
    await clipboard.set("set")
    await program.give(program.arrived(core.SelectionRequest)[0], "UTF8_STRING", b"late")
    await clipboard._connection.ping()
    assert clipboard.text == "set"
    assert heard == []


async def test_a_text_over_the_limit_is_not_set(server, connect):
    clipboard = await Clipboard.open(await connect(server), ContentLimits(text=10))
    with pytest.raises(ValueError, match="clipboard text of 12 bytes: at most 10 fit"):
        await clipboard.set("ä" * 6)
    with pytest.raises(ValueError, match="surrogates"):
        await clipboard.set("\ud800")
    await clipboard.set("ä" * 5)
    assert await paste(server) == "ä" * 5


@pytest.mark.parametrize("limit", [10, 300_000])
async def test_a_copy_over_the_limit_is_ignored(server, connect, eventually, caplog, limit):
    clipboard = await Clipboard.open(await connect(server), ContentLimits(text=limit))
    await clipboard.set("before")
    heard = listen(clipboard)
    copy(server, "x" * (limit + 1))
    await eventually(lambda: f"it has more than {limit} bytes" in caplog.text)
    assert clipboard.text == ""
    copy(server, "x" * limit)
    await eventually(lambda: heard, ["x" * limit])


async def test_an_announced_size_over_the_limit_is_ignored(clipboard, program, eventually, caplog):
    await program.copy()
    await eventually(lambda: len(program.arrived(core.SelectionRequest)))
    await program.give_targets(program.arrived(core.SelectionRequest)[0], "UTF8_STRING")
    await eventually(lambda: len(program.arrived(core.SelectionRequest)), 2)
    await program.give(program.arrived(core.SelectionRequest)[1], "INCR", [5_000_000], bits=32)
    await eventually(lambda: "it has more than 1048576 bytes" in caplog.text)
    assert clipboard.text == ""


async def test_many_paste_at_once(server, clipboard):
    await clipboard.set(LONG)
    assert set(await asyncio.gather(*(paste(server) for _ in range(8)))) == {LONG}


async def test_one_window_pastes_twice_at_once(clipboard, program, eventually):
    """The end of one transfer does not deafen us to the other."""
    await clipboard.set(LONG)
    names = ["FIRST", "SECOND"]
    for name in names:
        await program.convert("UTF8_STRING", name)
    await eventually(lambda: len(program.arrived(core.SelectionNotify)), 2)
    for name in names:
        assert await received(program, name) == LONG

"""Images, HTML and files on the clipboard, with real programs: Qt, as napari has it, and xclip."""

from __future__ import annotations

import asyncio
import json
import random
import struct
import subprocess
import sys
import tracemalloc
import zlib
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from Xlib import X
from Xlib.protocol import event as core

from desktopd.geometry import Size
from desktopd.x11.selections import transfer
from desktopd.x11.selections.clipboard import Clipboard, Offer, Superseded
from desktopd.x11.selections.content import MEBIBYTE, Content, ContentTooLarge
from desktopd.x11.selections.images import PngImage
from tests.x11.selecting import copy, paste, paste_bytes

HTML = "<b>fett</b> grün 細胞"
FILES = ["/data/cells.tif", "/data/zwölf Zellen #1 100%.tif"]


def png(mode: str = "RGBA", size: tuple[int, int] = (123, 45)) -> PngImage:
    """A picture with a different colour in each pixel."""
    noise = random.Random(1).randbytes(size[0] * size[1] * len(mode))
    file = BytesIO()
    Image.frombytes(mode, size, noise).save(file, "PNG")
    return PngImage.of(file.getvalue())


def padded(size: int) -> PngImage:
    """A PNG of exactly `size` bytes, most of them in a chunk that nobody knows."""
    plain = png().data
    body = b"dDsT" + random.Random(2).randbytes(size - len(plain) - 12)
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return PngImage.of(plain[:33] + chunk + plain[33:])


def pixels(data: bytes) -> tuple[Any, bytes]:
    picture = Image.open(BytesIO(data)).convert("RGBA")
    return picture.size, picture.tobytes()


class QtProgram:
    """A Qt program that copies and pastes as it is told."""

    def __init__(self, process: asyncio.subprocess.Process, folder: Path) -> None:
        self._process = process
        self._folder = folder

    async def copy(self, image: PngImage | None = None, **parts: Any) -> None:
        if image is not None:
            path = self._folder / "copied.png"
            path.write_bytes(image.data)
            parts["image"] = str(path)
        await self._tell({"copy": parts})

    async def paste(self) -> tuple[dict[str, Any], bytes]:
        """What there is, and the image as PNG."""
        path = self._folder / "pasted.png"
        path.write_bytes(b"")
        facts = await self._tell({"paste": str(path)})
        return facts, path.read_bytes()

    async def _tell(self, order: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        async with asyncio.timeout(30):
            return dict(json.loads(await self._process.stdout.readline()))


@pytest.fixture
async def qt(server, folder) -> AsyncIterator[QtProgram]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(Path(__file__).with_name("clipboard_qt.py"))),
        env={**server.environment, "QT_QPA_PLATFORM": "xcb"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        limit=16 * MEBIBYTE,
    )
    yield QtProgram(process, folder)
    process.terminate()
    await process.wait()


def listen(clipboard: Clipboard) -> list[Offer]:
    heard: list[Offer] = []
    clipboard.on_offer(heard.append)
    return heard


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L"])
async def test_an_image_copied_in_qt_has_the_same_pixels(clipboard, qt, eventually, mode):
    heard, image = listen(clipboard), png(mode)
    await qt.copy(image)
    await eventually(lambda: len(heard), 1)
    copied = heard[0].content.image
    assert heard[0] == clipboard.offer
    assert copied.size == Size(123, 45)
    assert pixels(copied.data) == pixels(image.data)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L"])
async def test_an_image_put_here_is_pasted_in_qt_as_the_same_pixels(clipboard, qt, mode):
    image = png(mode)
    await clipboard.put(Content(image=image))
    facts, pasted = await qt.paste()
    assert facts["image"] is True
    assert pixels(pasted) == pixels(image.data)
    assert "application/x-qt-image" in facts["formats"]
    assert "image/png" in facts["formats"]


async def test_a_large_image_in_both_directions(clipboard, qt, eventually):
    image = png("RGB", (1500, 1500))
    assert len(image.data) > 6 * MEBIBYTE
    await clipboard.put(Content(image=image))
    _, pasted = await qt.paste()
    assert pixels(pasted) == pixels(image.data)
    heard = listen(clipboard)
    await qt.copy(image)
    await eventually(lambda: len(heard), 1)
    assert pixels(heard[0].content.image.data) == pixels(image.data)


async def test_all_forms_at_once_to_qt(clipboard, qt):
    uris = Content.of_files(tuple(map(Path, FILES))).uris
    await clipboard.put(Content("grün", HTML, png(), uris))
    facts, pasted = await qt.paste()
    assert (facts["text"], facts["files"]) == ("grün", FILES)
    assert facts["html"].endswith(HTML)
    assert pixels(pasted) == pixels(png().data)


async def test_all_forms_at_once_from_qt(clipboard, qt, eventually):
    heard = listen(clipboard)
    await qt.copy(png(), text="grün", html=HTML, files=FILES)
    await eventually(lambda: bool(heard and heard[-1].content.image))
    content = heard[-1].content
    assert content.text == "grün"
    assert content.html.endswith(HTML)
    assert content.files == tuple(map(Path, FILES))
    assert pixels(content.image.data) == pixels(png().data)
    assert {offer.serial for offer in heard} == {clipboard.offer.serial}


async def test_html_goes_as_it_came(server, clipboard, eventually):
    heard = listen(clipboard)
    copy(server, HTML, "text/html")
    await eventually(lambda: len(heard), 1)
    assert heard[0].content == Content(html=HTML)
    await clipboard.put(heard[0].content)
    copied = await paste(server, "text/html")
    assert copied.removeprefix(copied[: copied.index("<b>")]) == HTML
    assert clipboard.text == ""


async def test_the_files_that_a_program_copies(server, clipboard, eventually):
    heard = listen(clipboard)
    uris = "# from a file manager\r\nfile:///data/a%20b\r\nfile://elsewhere/c\r\n"
    copy(server, uris, "text/uri-list")
    await eventually(lambda: len(heard), 1)
    assert heard[0].content.files == (Path("/data/a b"),)


async def test_the_targets_of_an_image(server, clipboard):
    await clipboard.put(Content(image=png()))
    targets = (await paste(server, "TARGETS")).split()
    images = ["image/png", "image/tiff", "image/bmp", "image/jpeg"]
    assert targets == ["TARGETS", "TIMESTAMP", "MULTIPLE", *images]


@pytest.mark.parametrize("kind", ["image/tiff", "image/bmp", "image/jpeg"])
async def test_other_kinds_of_images_both_ways(server, clipboard, eventually, kind):
    image = png("RGB", (300, 200))
    await clipboard.put(Content(image=image))
    pasted = await paste_bytes(server, kind)
    if kind != "image/jpeg":
        assert pixels(pasted) == pixels(image.data)
    heard = listen(clipboard)
    copy(server, pasted, kind)
    await eventually(lambda: len(heard), 1)
    assert heard[0].content.image.size == Size(300, 200)
    assert pixels(heard[0].content.image.data) == pixels(pasted)


@pytest.mark.parametrize("mebibytes", [8, 32])
async def test_large_images_in_parts(server, clipboard, eventually, mebibytes):
    image = padded(mebibytes * MEBIBYTE)
    heard = listen(clipboard)
    copy(server, image.data, "image/png")
    await eventually(lambda: len(heard), 1)
    assert heard[0].content.image == image
    await clipboard.put(Content(image=image))
    assert await paste_bytes(server, "image/png") == image.data


async def test_an_image_over_the_limit_is_refused_in_words(server, clipboard, eventually):
    image = padded(33 * MEBIBYTE)
    with pytest.raises(ContentTooLarge, match="image of 34603008 bytes: at most 33554432 fit"):
        await clipboard.put(Content(image=image))
    heard = listen(clipboard)
    copy(server, image.data, "image/png")
    await eventually(lambda: len(heard), 1)
    assert heard[0].problem == (
        "the copied image can be pasted on the desktop only: it has more than 33554432 bytes"
    )
    assert heard[0].content == Content()
    copy(server, "next")
    await eventually(lambda: clipboard.text, "next")


async def test_a_broken_image_does_not_take_the_text_along(clipboard, program, eventually):
    heard = listen(clipboard)
    await program.copy()
    answers: dict[str, Any] = {"UTF8_STRING": b"text", "image/png": b"no image"}
    await program.serve(eventually, answers)
    await eventually(lambda: len(heard), 2)
    assert [offer.content for offer in heard] == [Content(text="text")] * 2
    assert (
        "the copied image can be pasted on the desktop only: the data are not" in heard[1].problem
    )


async def test_text_is_told_before_the_image_is_there(clipboard, program, eventually):
    texts: list[str] = []
    clipboard.on_change(texts.append)
    heard = listen(clipboard)
    await program.copy()
    await program.serve(eventually, {"UTF8_STRING": b"text"}, "image/png")
    await eventually(lambda: texts, ["text"])
    assert heard == [Offer(clipboard.offer.serial, Content(text="text"))]
    await eventually(lambda: len(program.arrived(core.SelectionRequest)), 3)
    await program.give(program.arrived(core.SelectionRequest)[-1], "image/png", png().data)
    await eventually(lambda: len(heard), 2)
    assert heard[1] == Offer(heard[0].serial, Content(text="text", image=png()))
    assert texts == ["text"]


async def test_what_took_long_to_arrive_does_not_replace_what_came_later(
    server, clipboard, eventually
):
    serial = clipboard.next_serial()
    copy(server, "later")
    await eventually(lambda: clipboard.text, "later")
    with pytest.raises(Superseded):
        await clipboard.put(Content(image=png()), serial)
    assert await paste(server) == "later"
    serial = clipboard.next_serial()
    assert (await clipboard.put(Content(image=png()), serial)).serial == serial
    assert clipboard.text == ""


async def test_serials_go_on_over_displays(server, connect):
    first = await Clipboard.open(await connect(server))
    before = (await first.set("first")).serial
    second = await Clipboard.open(await connect(server), serials=first._serials)
    assert (await second.set("second")).serial > before


async def test_the_memory_of_an_image_is_let_go(
    server, clipboard, program, eventually, monkeypatch
):
    """Also when a program that pastes stops in the middle, and when another program copies."""
    monkeypatch.setattr(transfer, "PATIENCE", 0.3)
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()

        def megabytes() -> float:
            return (tracemalloc.get_traced_memory()[0] - before) / MEBIBYTE

        await clipboard.put(Content(image=padded(32 * MEBIBYTE)))
        assert megabytes() > 31
        await program.convert("image/png", "ANSWER")
        await eventually(lambda: len(program.arrived(core.SelectionNotify)))
        # The program that copies next has the usual time for each of its steps.
        monkeypatch.undo()
        copy(server, "text")
        await eventually(lambda: clipboard.text, "text")
        await eventually(lambda: megabytes() < 4)
    finally:
        tracemalloc.stop()


async def test_a_program_that_gives_too_slowly_is_given_up(
    clipboard, program, eventually, monkeypatch
):
    """Each of its steps is in time, all of them are not."""
    monkeypatch.setattr(transfer, "PATIENCE_IN_ALL", 0.5)
    heard = listen(clipboard)
    await program.copy()
    await program.serve(eventually, {}, "UTF8_STRING")
    await eventually(lambda: len(program.arrived(core.SelectionRequest)), 2)
    request = program.arrived(core.SelectionRequest)[1]
    await program.give(request, "INCR", [1000], bits=32)
    while not heard:
        await program.write(request, b"x")
        await asyncio.sleep(0.05)
    assert heard[0].problem.endswith("on the desktop only: it was not done after 0.5 s")
    assert heard[0].content == Content()


async def test_a_program_that_takes_too_slowly_is_given_up(
    clipboard, program, eventually, monkeypatch, caplog
):
    caplog.set_level("INFO")
    monkeypatch.setattr(transfer, "PATIENCE_IN_ALL", 0.5)
    await clipboard.put(Content(image=padded(8 * MEBIBYTE)))
    await program.convert("image/png", "ANSWER")
    while "it had not taken all after 0.5 s" not in caplog.text:
        await program.value("ANSWER", delete=True)
        await asyncio.sleep(0.05)


async def test_a_request_as_of_now_is_served_whatever_its_time(clipboard, program, eventually):
    """Programs paste with the time of an event that was before the copy."""
    await clipboard.put(Content(text="text"))

    def ask(display: Any) -> None:
        atoms = [display.get_atom(name) for name in ("CLIPBOARD", "UTF8_STRING", "ANSWER")]
        program.window.convert_selection(*atoms, 1)
        display.sync()

    await program.connection.call(ask)
    await eventually(lambda: len(program.arrived(core.SelectionNotify)))
    assert program.arrived(core.SelectionNotify)[0].property != X.NONE

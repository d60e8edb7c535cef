"""Programs that ask for a copied image again and again, each of which takes seconds to write."""

from __future__ import annotations

import threading
import time
from io import BytesIO

import pytest
from PIL import Image
from Xlib import X
from Xlib.protocol import event as core

from desktopd.x11.selections import images
from desktopd.x11.selections.content import Content
from desktopd.x11.selections.images import PngImage


@pytest.fixture
def image() -> PngImage:
    file = BytesIO()
    Image.new("RGB", (8, 8)).save(file, "PNG")
    return PngImage.of(file.getvalue())


async def test_an_image_asked_for_many_times_is_written_once(
    clipboard, program, eventually, monkeypatch, image
):
    """Each took seconds and hundreds of megabytes, and all threads waited for each other."""
    written = []

    def from_png(_: PngImage, media_type: str) -> bytes:
        written.append(media_type)
        time.sleep(0.2)
        return bytes(1000)

    monkeypatch.setattr(images, "from_png", from_png)
    await clipboard.put(Content(image=image))
    for number in range(40):
        await program.convert(("image/jpeg", "image/bmp")[number % 2], f"ANSWER_{number}")
    await eventually(lambda: len(program.arrived(core.SelectionNotify)), 40)
    assert all(answer.property != X.NONE for answer in program.arrived(core.SelectionNotify))
    assert sorted(written) == ["image/bmp", "image/jpeg"]


async def test_of_too_many_who_wait_for_an_image_the_last_go_without(
    clipboard, program, eventually, monkeypatch, image
):
    monkeypatch.setattr("desktopd.x11.selections.owner._MOST_WAITING", 6)
    go_on = threading.Event()

    def from_png(_: PngImage, media_type: str) -> bytes:
        if media_type != images.PNG:
            go_on.wait(20)
        return bytes(1000)

    monkeypatch.setattr(images, "from_png", from_png)
    await clipboard.put(Content(image=image))
    for number in range(10):
        await program.convert("image/jpeg", f"ANSWER_{number}")
    await eventually(lambda: len(program.arrived(core.SelectionNotify)), 4)
    assert {answer.property for answer in program.arrived(core.SelectionNotify)} == {X.NONE}
    await program.convert("image/png", "PNG")
    await eventually(lambda: len(program.arrived(core.SelectionNotify)), 5)
    go_on.set()
    await eventually(lambda: len(program.arrived(core.SelectionNotify)), 11)

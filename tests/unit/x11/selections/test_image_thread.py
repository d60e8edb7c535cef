"""The thread of images: everything else passes it by, and nobody who has left is waited for."""

from __future__ import annotations

import asyncio
import gc
import threading
import weakref
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from desktopd.http.api import clipboard_body
from desktopd.x11.selections import images
from desktopd.x11.selections.content import Content
from desktopd.x11.selections.image_thread import WrittenForms, in_turn
from desktopd.x11.selections.targets import Form, Target


class Body:
    """Stands for tens of megabytes."""


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """The thread is busy until this is set, as it is at the end."""
    opened = threading.Event()
    yield opened
    opened.set()


async def busy(gate: threading.Event) -> asyncio.Task[bool]:
    begun = asyncio.Event()
    loop = asyncio.get_running_loop()

    def work() -> bool:
        loop.call_soon_threadsafe(begun.set)
        return gate.wait(20)

    task = asyncio.create_task(in_turn(work))
    await begun.wait()
    return task


async def test_images_that_wait_keep_no_other_work_waiting(gate: threading.Event) -> None:
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))
    first = await busy(gate)
    others = [asyncio.create_task(in_turn(bytes)) for _ in range(20)]
    copies = [
        asyncio.create_task(clipboard_body.content_of({"text/plain": b"x"})),
        asyncio.create_task(clipboard_body.content_of({"image/jpeg": b"x"})),
    ]
    async with asyncio.timeout(5):
        assert await asyncio.to_thread(int, "1") == 1
        assert (await copies[0]).text == "x"
    assert not any(task.done() for task in (first, *others, copies[1]))
    gate.set()
    assert await asyncio.gather(first, *others) == [True, *[b""] * 20]
    with pytest.raises(images.NoImage):
        await copies[1]


async def test_who_waits_and_leaves_leaves_nothing_in_the_queue(gate: threading.Event) -> None:
    first = await busy(gate)
    body = Body()
    left = weakref.ref(body)
    waiting = asyncio.create_task(in_turn(id, body))
    del body
    await asyncio.sleep(0.01)
    waiting.cancel()
    await asyncio.wait([waiting])
    del waiting
    gc.collect()
    assert left() is None
    gate.set()
    assert await first


async def test_a_form_is_written_once_for_all_who_ask() -> None:
    written = []

    def encode(content: Content) -> bytes:
        written.append(content)
        return b"a form"

    target = Target("image/tiff", Form.IMAGE, encode, slow=True)
    forms = WrittenForms(Content(text="x"))
    gone = asyncio.create_task(forms.of(target))
    await asyncio.sleep(0)
    gone.cancel()
    found = await asyncio.gather(*(forms.of(target) for _ in range(40)))
    assert len(written) == 1
    assert len({id(form) for form in found}) == 1


async def test_a_form_that_cannot_be_written_is_an_error_for_all_who_ask() -> None:
    def encode(_: Content) -> bytes:
        raise images.NoImage("too large")

    forms = WrittenForms(Content())
    for _ in range(2):
        with pytest.raises(images.NoImage):
            await forms.of(Target("image/bmp", Form.IMAGE, encode, slow=True))

from __future__ import annotations

import asyncio
import logging
import re
from typing import TYPE_CHECKING

import pytest
from Xlib.ext import randr

from desktopd.geometry import Size
from desktopd.x11.connection import Event, XRequestError, XTimeout
from desktopd.x11.screen.size import ScreenSize

if TYPE_CHECKING:
    from conftest import Server

LARGEST = Size(7680, 4320)
SIZES = [
    Size(1600, 900),  # smaller
    Size(1601, 907),  # larger, odd
    Size(1001, 1203),  # narrower and taller
    Size(2003, 701),  # wider and lower
    Size(320, 240),
    Size(7680, 4320),
    Size(64, 64),
    Size(7679, 4319),
    Size(1600, 900),
]


def told(server: Server) -> Size:
    """What X tells a client that connects now."""
    match = re.search(r"dimensions: +(\d+)x(\d+) pixels", server.run("xdpyinfo"))
    return Size(int(match[1]), int(match[2]))


def shown(server: Server) -> list[str]:
    """The modes that outputs show now, as xrandr prints them."""
    return re.findall(r"^ +(\S+) .*\*", server.run("xrandr", "--current"), re.MULTILINE)


def our_modes(server: Server) -> list[str]:
    return re.findall(r"desktopd-\S+", server.run("xrandr", "--current"))


async def test_every_size_is_exactly_what_was_asked(any_server, connect):
    screen = await ScreenSize.open(await connect(any_server), LARGEST)
    for size in SIZES:
        assert await screen.resize(size) == size
        assert screen.size == size
        assert told(any_server) == size
        assert shown(any_server) == [f"desktopd-{size}"]
        assert our_modes(any_server) == [f"desktopd-{size}"]


async def test_sizes_out_of_range_are_brought_into_it(any_server, connect):
    screen = await ScreenSize.open(await connect(any_server), Size(1000, 800))
    assert await screen.resize(Size(5000, 300)) == Size(1000, 300)
    assert await screen.resize(Size(1, 5000)) == Size(64, 800)
    assert told(any_server) == Size(64, 800)


async def test_of_quick_resizes_the_latest_wins(any_server, connect):
    screen = await ScreenSize.open(await connect(any_server), LARGEST)
    await screen.resize(Size(800, 600))
    changes: list[Size] = []
    screen.on_change(changes.append)
    wanted = [Size(1000 + 37 * i, 1500 - 29 * i) for i in range(30)]
    calls = []
    for size in wanted:
        calls.append(asyncio.create_task(screen.resize(size)))
        await asyncio.sleep(0.0005)
    results = await asyncio.gather(*calls)
    assert results[-1] == changes[-1] == screen.size == told(any_server) == wanted[-1]
    assert set(changes) <= set(wanted)
    assert our_modes(any_server) == [f"desktopd-{wanted[-1]}"]


async def test_calls_at_once_are_one_resize(any_server, connect):
    screen = await ScreenSize.open(await connect(any_server), LARGEST)
    await screen.resize(Size(800, 600))
    changes: list[Size] = []
    screen.on_change(changes.append)
    results = await asyncio.gather(*(screen.resize(Size(900 + i, 700)) for i in range(30)))
    assert set(results) == {Size(929, 700)}
    assert changes == [Size(929, 700)]


async def test_others_see_one_change(any_server, connect):
    screen = await ScreenSize.open(await connect(any_server), LARGEST)
    viewer = await connect(any_server)
    await viewer.call(
        lambda display: display.screen().root.xrandr_select_input(randr.RRScreenChangeNotifyMask)
    )
    sizes: list[Size] = []

    def note(event: Event) -> None:
        size = Size(event.width_in_pixels, event.height_in_pixels)
        if sizes[-1] != size:
            sizes.append(size)

    viewer.subscribe(note)
    for size in SIZES:
        before = await screen.resize(Size(1000, 1000))
        await viewer.ping()
        sizes[:] = [before]
        await screen.resize(size)
        await viewer.ping()
        assert sizes == [before, size]


async def test_a_change_by_another_is_told(any_server, connect, eventually):
    ours = await ScreenSize.open(await connect(any_server), LARGEST)
    theirs = await ScreenSize.open(await connect(any_server), LARGEST)
    changes: list[Size] = []
    ours.on_change(changes.append)
    await theirs.resize(Size(1111, 777))
    await eventually(lambda: changes, [Size(1111, 777)])
    assert await ours.resize(Size(1111, 777)) == ours.size == Size(1111, 777)
    assert await ours.resize(Size(1110, 777)) == told(any_server) == Size(1110, 777)


@pytest.mark.parametrize("dpi", [96, 192])
async def test_dots_per_inch_stay(any_server, connect, dpi):
    screen = await ScreenSize.open(await connect(any_server), LARGEST, dpi)
    for size in (screen.size, Size(1600, 900), Size(7680, 4320), Size(2001, 1001)):
        await screen.resize(size)
        match = re.search(r"resolution: +(\d+)x(\d+) dots", any_server.run("xdpyinfo"))
        assert int(match[1]) == pytest.approx(dpi, abs=1)
        assert int(match[2]) == pytest.approx(dpi, abs=1)


@pytest.mark.parametrize("size", [Size(1100, 800), Size(1200, 700), Size(790, 1100)], ids=str)
@pytest.mark.parametrize("kind", ["xvfb", "xdummy"])
async def test_a_refused_size_changes_nothing(start, connect, kind, size):
    server = start(kind, Size(1024, 768))
    screen = await ScreenSize.open(await connect(server), LARGEST)
    before = await screen.resize(Size(800, 750))
    changes: list[Size] = []
    screen.on_change(changes.append)
    request = {"xvfb": "RRAddOutputMode", "xdummy": "RRSetScreenSize"}[kind]
    with pytest.raises(XRequestError, match=rf"^{request} {size}: BadMatch$"):
        await screen.resize(size)
    assert screen.size == told(server) == before
    assert shown(server) == our_modes(server) == [f"desktopd-{before}"]
    assert changes == []
    assert await screen.resize(Size(700, 500)) == told(server) == Size(700, 500)


async def test_a_refusal_that_nobody_waits_for_any_more_is_logged(
    start, connect, eventually, caplog
):
    caplog.set_level(logging.INFO)
    server = start("xvfb", Size(800, 600))
    screen = await ScreenSize.open(await connect(server), LARGEST)
    with server.stopped():
        leaving = asyncio.create_task(screen.resize(Size(1000, 700)))
        await eventually(lambda: screen._settling is not None)
        leaving.cancel()
    await eventually(lambda: "RRAddOutputMode 1000x700: BadMatch" in caplog.text)
    with pytest.raises(asyncio.CancelledError):
        await leaving


async def test_a_refused_size_does_not_spoil_a_later_one(start, connect):
    screen = await ScreenSize.open(await connect(start("xvfb", Size(800, 600))), LARGEST)
    refused = asyncio.create_task(screen.resize(Size(1000, 700)))
    await asyncio.sleep(0)
    assert await screen.resize(Size(700, 500)) == Size(700, 500)
    assert await refused == Size(700, 500)


async def test_a_stopped_server_takes_the_size_when_it_goes_on(start, connect):
    server = start()
    screen = await ScreenSize.open(connection := await connect(server), LARGEST)
    with server.stopped():
        resizing = asyncio.create_task(screen.resize(Size(500, 400)))
        with pytest.raises(XTimeout):
            await connection.call(lambda display: display.sync(), timeout=0.1)
        assert not resizing.done()
    assert await resizing == told(server) == Size(500, 400)


async def test_the_screen_is_as_large_as_is_needed(server, connect, eventually):
    screen = await ScreenSize.open(await connect(server), Size(1280, 800))
    assert await screen.resize(Size(390, 780)) == Size(390, 780)
    screen.need(Size(195, 900))  # more than it may become
    await eventually(lambda: told(server), Size(450, 800))
    screen.need(Size(400, 500))
    await eventually(lambda: told(server), Size(400, 800))
    assert await screen.resize(Size(200, 250)) == Size(400, 500)
    screen.need(Size(1, 1))
    await eventually(lambda: told(server), Size(200, 250))


async def test_a_change_by_another_client_is_what_was_asked(server, connect, eventually):
    screen = await ScreenSize.open(await connect(server), Size(1280, 800))
    other = await ScreenSize.open(await connect(server), Size(1280, 800))
    await screen.resize(Size(700, 500))
    await other.resize(Size(640, 480))
    await eventually(lambda: screen.size, Size(640, 480))
    screen.need(Size(800, 100))
    await eventually(lambda: other.size, Size(800, 600))
    await other.resize(Size(320, 240))
    await eventually(lambda: other.size, Size(800, 600))

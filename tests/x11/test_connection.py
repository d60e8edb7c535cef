from __future__ import annotations

import asyncio
import gc
import os
import struct
import threading
from contextlib import ExitStack
from typing import Any

import pytest
from Xlib import X
from Xlib.protocol import event as core

from desktopd.x11.connection import (
    Connection,
    ConnectionLost,
    Display,
    Event,
    XError,
    XRequestError,
    XTimeout,
    x_errors,
)
from tests.few_descriptors import few_descriptors


def x_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("x11 ")]


def make_window(display: Display, **attributes: Any) -> Any:
    root = display.screen().root
    with x_errors(display, "CreateWindow"):
        return root.create_window(0, 0, 10, 10, 0, X.CopyFromParent, **attributes)


def rename(display: Display, window: Any, name: str) -> None:
    with x_errors(display, "ChangeProperty"):
        display.create_resource_object("window", window.id).set_wm_name(name)


def entry(number: bytes, cookie: bytes, protocol: bytes = b"MIT-MAGIC-COOKIE-1") -> bytes:
    fields = (b"some-host", number, protocol, cookie)
    return struct.pack(">H", 256) + b"".join(struct.pack(">H", len(f)) + f for f in fields)


async def test_call_returns_what_the_request_returns(server, connect):
    connection = await connect(server)
    assert await connection.call(lambda display: display.get_display_name()) == server.name
    await connection.ping()


async def test_call_raises_what_the_request_raises(server, connect):
    connection = await connect(server)
    with pytest.raises(ZeroDivisionError):
        await connection.call(lambda display: 1 / 0)
    await connection.ping()


async def test_environment_plays_no_part(server, connect, monkeypatch, tmp_path):
    (tmp_path / "empty").touch()
    monkeypatch.setenv("XAUTHORITY", str(tmp_path / "empty"))
    monkeypatch.setenv("DISPLAY", ":54321")
    connection = await connect(server)
    await connection.ping()
    assert os.environ["XAUTHORITY"] == str(tmp_path / "empty")


async def test_cookie_is_chosen_by_number_and_protocol(server, tmp_path):
    number = server.name.removeprefix(":").encode()
    right = server.authority.read_bytes()[-16:]
    authority = tmp_path / "authority"
    authority.write_bytes(
        entry(number, b"0" * 16, b"XDM-AUTHORIZATION-1")
        + entry(b"1" + number, b"0" * 16)
        + entry(number, right)
        + entry(b"", b"0" * 16)
    )
    connection = await Connection.open(server.name, authority)
    await connection.ping()
    await connection.close()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (entry(b"", b"0" * 16), "refused the connection: Invalid MIT-MAGIC-COOKIE-1 key"),
        (entry(b"1", b"0" * 16), "has no MIT-MAGIC-COOKIE-1 for display"),
        (entry(b"", b"0" * 16)[:-1], "has no MIT-MAGIC-COOKIE-1 for display"),
        (b"", "has no MIT-MAGIC-COOKIE-1 for display"),
        (None, "authority: No such file or directory"),
    ],
)
async def test_without_the_right_cookie_nobody_gets_in(server, tmp_path, content, message):
    authority = tmp_path / "authority"
    if content is not None:
        authority.write_bytes(content)
    with pytest.raises(XError, match=message):
        await Connection.open(server.name, authority)
    with pytest.raises(XError, match="refused the connection: Authorization required"):
        await Connection.open(server.name)


async def test_no_server():
    with pytest.raises(XError, match=r"X :59999 cannot be reached: .*No such file"):
        await Connection.open(":59999")


@pytest.mark.parametrize("name", ["", "7", "somewhere:7", ":x", ":7:8"])
async def test_only_local_displays(name):
    with pytest.raises(XError, match=r"expected the number of a local display, e.g. :7"):
        await Connection.open(name)


async def test_error_names_the_request(server, connect):
    connection = await connect(server)

    def bad_window(display: Display) -> None:
        with x_errors(display, "MapWindow 0x1"):
            display.create_resource_object("window", 1).map()

    def bad_value(display: Display) -> None:
        with x_errors(display, "CreatePixmap 0x0"):
            display.screen().root.create_pixmap(0, 0, 24)

    def bad_reply(display: Display) -> None:
        with x_errors(display, "GetGeometry 0x1"):
            display.create_resource_object("window", 1).get_geometry()

    def bad_crtc(display: Display) -> None:
        with x_errors(display, "RRGetCrtcInfo 1"):
            display.xrandr_get_crtc_info(1, 0)

    for request, message in (
        (bad_window, "MapWindow 0x1: BadWindow"),
        (bad_value, "CreatePixmap 0x0: BadValue"),
        (bad_reply, "GetGeometry 0x1: BadDrawable"),
        (bad_crtc, "RRGetCrtcInfo 1: BadRRCrtc"),
    ):
        with pytest.raises(XRequestError) as refusal:
            await connection.call(request)
        assert str(refusal.value) == message
    await connection.ping()


async def test_error_of_an_earlier_request_is_logged_and_not_blamed_on_another(
    server, connect, caplog
):
    connection = await connect(server)

    def request(display: Display) -> None:
        display.create_resource_object("window", 1).map()
        with x_errors(display, "an innocent request"):
            display.screen().root.get_geometry()

    await connection.call(request)
    assert "BadWindow for request 8.0 on resource 0x1" in caplog.text


async def test_connections_to_two_servers_keep_apart(start, connect):
    """Xvfb and Xvnc number their extensions differently."""
    servers = [start("xvfb"), start("xvnc")]
    connections = [await connect(server) for server in servers]
    opcodes = [
        await connection.call(lambda display: display.query_extension("RANDR").major_opcode)
        for connection in connections
    ]
    assert opcodes[0] != opcodes[1]
    # The first again, when the second has entered its own.
    for connection in connections:
        version = await connection.call(lambda display: display.xrandr_query_version())
        assert version.major_version == 1


async def test_events_arrive_unasked(server, connect, eventually):
    watching, acting = await connect(server), await connect(server)
    events: list[Event] = []
    unsubscribe = watching.subscribe(events.append)
    window = await watching.call(lambda d: make_window(d, event_mask=X.PropertyChangeMask))
    await watching.ping()
    for count in range(1, 4):
        await acting.call(lambda display: rename(display, window, "name"))
        await eventually(lambda: len(events), count)
    assert all(isinstance(event, core.PropertyNotify) for event in events)
    unsubscribe()
    await acting.call(lambda display: rename(display, window, "name"))
    await watching.ping()
    assert len(events) == 3


async def test_events_read_with_a_reply_arrive_before_the_call_returns(server, connect):
    connection = await connect(server)
    events: list[Event] = []
    connection.subscribe(events.append)
    window = await connection.call(lambda d: make_window(d, event_mask=X.PropertyChangeMask))
    for count in range(1, 50):
        await connection.call(lambda display: rename(display, window, "name"))
        assert len(events) == count


async def test_a_handler_that_fails_is_logged_and_others_are_called(server, connect, caplog):
    connection = await connect(server)
    events: list[Event] = []
    connection.subscribe(lambda event: 1 / 0)
    connection.subscribe(events.append)
    window = await connection.call(lambda d: make_window(d, event_mask=X.PropertyChangeMask))
    await connection.call(lambda display: rename(display, window, "name"))
    assert len(events) == 1
    assert "ZeroDivisionError" in caplog.text


async def test_a_killed_server_is_noticed_at_rest(start, connect):
    server = start()
    connection = await connect(server)
    lost = asyncio.create_task(connection.wait_lost())
    await asyncio.sleep(0)
    assert not lost.done()
    server.process.kill()
    await lost
    with pytest.raises(ConnectionLost):
        await connection.ping()
    await connection.close()
    assert not x_threads()


async def test_a_killed_server_ends_the_calls_that_wait_for_it(start, connect):
    server = start()
    connection = await connect(server)
    with server.stopped():
        calls = [asyncio.create_task(connection.ping()) for _ in range(3)]
        await asyncio.sleep(0)
        server.process.kill()
        endings = await asyncio.gather(*calls, return_exceptions=True)
    assert {type(ending) for ending in endings} == {ConnectionLost}
    await connection.wait_lost()


async def test_a_stopped_server_holds_up_nobody(start, connect):
    server = start()
    connection = await connect(server)
    performed: list[str] = []

    def note(display: Display) -> None:
        performed.append("note")

    with server.stopped():
        call = asyncio.create_task(connection.call(Display.sync, timeout=0.2))
        for _ in range(4):
            await asyncio.sleep(0.01)
        with pytest.raises(XTimeout, match=r"did not answer within 0.2 s"):
            await call
        with pytest.raises(XTimeout):
            await connection.call(note, timeout=0.2)
    await connection.ping()
    assert not performed


async def test_close_does_not_wait_for_a_stopped_server(start, connect):
    server = start()
    connection = await connect(server)
    with server.stopped():
        with pytest.raises(XTimeout):
            await connection.call(Display.sync, timeout=0.05)
        await connection.close()
        assert not x_threads()
    with pytest.raises(ConnectionLost):
        await connection.ping()


async def test_open_gives_up_on_a_stopped_server(start, eventually):
    server = start()
    with server.stopped():
        with pytest.raises(XTimeout, match=r"did not answer within 0.1 s"):
            await Connection.open(server.name, server.authority, timeout=0.1)
        await eventually(x_threads, [])
    gc.collect()


async def test_a_cancelled_call_leaves_the_connection_whole(start, connect):
    server = start()
    connection = await connect(server)
    with server.stopped():
        call = asyncio.create_task(connection.ping())
        await asyncio.sleep(0.05)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
    await connection.ping()


async def test_tasks_end_with_the_connection(server, connect):
    connection = await connect(server)
    task = connection.spawn(asyncio.sleep(3600))
    await connection.close()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_task_that_fails_is_logged(server, connect, caplog):
    connection = await connect(server)

    async def fail() -> None:
        raise ValueError("no such luck")

    with pytest.raises(ValueError, match="no such luck"):
        await connection.spawn(fail())
    assert "no such luck" in caplog.text


async def test_without_descriptors_no_server_can_be_reached(server):
    with (
        few_descriptors(3),
        pytest.raises(XError, match=r"cannot be reached: .*Too many open files"),
    ):
        await Connection.open(server.name, server.authority)


async def test_a_descriptor_that_select_cannot_take_is_refused(server):
    with few_descriptors(4096), ExitStack() as taken:
        while (descriptor := os.open("/dev/null", os.O_RDONLY)) < 1024:
            taken.callback(os.close, descriptor)
        taken.callback(os.close, descriptor)
        with pytest.raises(XError, match="needs a file descriptor below 1024"):
            await Connection.open(server.name, server.authority)

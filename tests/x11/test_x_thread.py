"""Requests that nobody waits for, as input sends them."""

from __future__ import annotations

import threading

import pytest
from Xlib import X

from desktopd.x11.connection import Connection, Display
from tests.x11.conftest import SECONDS


async def test_posts_run_in_order_with_calls(server, connect):
    connection: Connection = await connect(server)
    order: list[int] = []
    gate = threading.Event()
    connection.post(lambda display: gate.wait(SECONDS))
    for n in range(100):
        connection.post(lambda display, n=n: order.append(n))
    assert order == [], "nobody waits for them"
    gate.set()
    assert await connection.call(lambda display: len(order)) == 100
    assert order == list(range(100))


async def test_what_is_posted_reaches_the_server_unasked(server, connect, eventually):
    connection, other = await connect(server), await connect(server)

    def position(display: Display) -> tuple[int, int]:
        answer = display.screen().root.query_pointer()
        return answer.root_x, answer.root_y

    for x in (111, 222):
        connection.post(lambda display, x=x: display.xtest_fake_input(X.MotionNotify, x=x, y=33))

        async def at() -> tuple[int, int]:
            return await other.call(position)

        await eventually(at, (x, 33))


async def test_a_failure_is_logged_once_with_its_name(server, connect, caplog):
    connection: Connection = await connect(server)

    def press_nothing(display: Display) -> None:
        raise ValueError("no such key")

    def get_lost(display: Display) -> None:
        display.create_resource_object("window", 1).get_geometry()

    for _ in range(3):
        connection.post(press_nothing)
        connection.post(get_lost)
    await connection.ping()
    texts = [record.getMessage() for record in caplog.records]
    assert [text.split("<locals>.")[1] for text in texts] == [
        "press_nothing: ValueError('no such key')",
        "get_lost: BadDrawable",
    ]


async def test_after_the_end_nothing_is_posted(start, connect, caplog):
    server = start()
    connection: Connection = await connect(server)
    server.process.terminate()
    for _ in range(100):
        connection.post(lambda display: display.xtest_fake_input(X.MotionNotify, x=1, y=1))
    await connection.wait_lost()
    connection.post(lambda display: pytest.fail("ran"))
    await connection.close()
    assert caplog.records == []

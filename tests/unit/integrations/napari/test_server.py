"""The companion's socket, with a client of this user's."""

import json
import socket
import stat
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from desktopd.integrations.napari.protocol import CompanionRequest, event, result
from desktopd.integrations.napari.server import Answer, Server
from tests.daemon import until

GREETING = {"event": "state", "data": {"version": 1}}


class Client:
    """A connection that reads line by line."""

    def __init__(self, path: Path) -> None:
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(10)
        self.socket.connect(str(path))
        self._lines = self.socket.makefile("rb")

    def send(self, wire: bytes) -> None:
        self.socket.sendall(wire)

    def line(self) -> Any:
        line = self._lines.readline()
        return json.loads(line) if line else None

    def close(self) -> None:
        self._lines.close()
        self.socket.close()


@pytest.fixture
def asked() -> list[tuple[CompanionRequest, Answer]]:
    return []


@pytest.fixture
def server(folder: Path, asked: list[tuple[CompanionRequest, Answer]]) -> Server:
    server = Server(
        folder / "app.sock",
        lambda request, answer: asked.append((request, answer)),
        lambda: event("state", {"version": 1}),
    )
    server.start()
    return server


@pytest.fixture
def connect(server: Server, folder: Path) -> Iterator[Callable[[], Client]]:
    clients: list[Client] = []

    def connect() -> Client:
        clients.append(Client(folder / "app.sock"))
        assert clients[-1].line() == GREETING
        return clients[-1]

    yield connect
    for client in clients:
        client.close()


def test_the_socket_is_for_its_user_alone(server: Server, folder: Path) -> None:
    assert stat.S_IMODE((folder / "app.sock").stat().st_mode) == 0o600


def test_a_request_is_answered_later_and_from_another_thread(
    connect: Callable[[], Client], asked: list[tuple[CompanionRequest, Answer]]
) -> None:
    client, other = connect(), connect()
    client.send(b'{"id": 7, "method": "open", "params": {"path": "/x"}}\n')
    until(lambda: asked, 30, "a request")
    request, answer = asked[0]
    assert request == CompanionRequest(7, "open", {"path": "/x"})
    thread = threading.Thread(target=lambda: answer(result(7, ["done"])))
    thread.start()
    thread.join()
    assert client.line() == {"id": 7, "result": ["done"]}
    other.send(b'{"id": 8, "method": "x"}\n')
    until(lambda: len(asked) == 2, 30, "the other's request")
    asked[1][1](result(8, None))
    assert other.line() == {"id": 8, "result": None}


def test_an_event_reaches_everybody(server: Server, connect: Callable[[], Client]) -> None:
    clients = [connect(), connect()]
    server.tell(event("layers", []))
    assert [client.line() for client in clients] == [{"event": "layers", "data": []}] * 2


def test_who_sends_no_request_is_disconnected(connect: Callable[[], Client]) -> None:
    client, other = connect(), connect()
    client.send(b"GET / HTTP/1.1\r\n\r\n")
    assert client.line() is None
    other.send(b'{"id": 1, "method": "x"}\n')


def test_an_answer_to_somebody_who_has_left_goes_nowhere(
    server: Server, connect: Callable[[], Client], asked: list[tuple[CompanionRequest, Answer]]
) -> None:
    client = connect()
    client.send(b'{"id": 1, "method": "x"}\n')
    until(lambda: asked, 30, "a request")
    client.close()
    asked[0][1](result(1, None))
    connect()


def test_a_socket_that_a_killed_napari_left_is_replaced(folder: Path) -> None:
    left = socket.socket(socket.AF_UNIX)
    left.bind(str(folder / "app.sock"))
    left.close()
    Server(folder / "app.sock", lambda *_: None, lambda: event("state", {"version": 1})).start()
    client = Client(folder / "app.sock")
    assert client.line() == GREETING
    client.close()

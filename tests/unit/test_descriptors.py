"""Descriptors: connections leave the lowest to the daemon, and their lack ends nothing."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from desktopd import descriptors
from desktopd.descriptors import LEAST, accept, connections, lacking
from tests.few_descriptors import few_descriptors


@contextmanager
def listening() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        yield listener


async def test_a_connection_keeps_none_of_the_reserve() -> None:
    with few_descriptors(4096), listening() as listener, socket.socket() as client:
        client.connect(listener.getsockname())
        sock, peer = await accept(listener, "somebody")
        with sock:
            assert sock.fileno() >= descriptors.RESERVE
            assert peer == client.getsockname() == sock.getpeername()
            assert not sock.getblocking()
            assert not os.get_inheritable(sock.fileno())
            await asyncio.get_running_loop().sock_sendall(sock, b"here")
            assert client.recv(4) == b"here"


async def test_all_that_come_leave_a_quarter_of_few(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(descriptors, "AGAIN", 0.01)
    most = 512
    with ExitStack() as stack, few_descriptors(most):
        listener = stack.enter_context(listening())
        accepted: list[socket.socket] = []
        clients = [stack.enter_context(socket.socket()) for _ in range(40)]
        # The others are taken by clients elsewhere: here by files.
        free = [os.open("/dev/null", os.O_RDONLY)]
        while free[-1] < most - 21:
            free.append(os.open("/dev/null", os.O_RDONLY))
        for descriptor in free:
            if descriptor < most // 4:
                os.close(descriptor)
            else:
                stack.callback(os.close, descriptor)
        for client in clients:
            client.setblocking(False)
            client.connect_ex(listener.getsockname())

        async def serve() -> None:
            while True:
                sock, _ = await accept(listener, "somebody")
                accepted.append(stack.enter_context(sock))

        serving = asyncio.create_task(serve())
        async with asyncio.timeout(20):
            while "could not be accepted: Too many open files" not in caplog.text:
                await asyncio.sleep(0.01)
        assert min(sock.fileno() for sock in accepted) >= most // 4
        own = [os.open("/dev/null", os.O_RDONLY) for _ in range(20)]
        for descriptor in own:
            os.close(descriptor)
        # Whoever leaves makes room for the next.
        count = len(accepted)
        accepted[0].close()
        async with asyncio.timeout(20):
            while len(accepted) == count:
                await asyncio.sleep(0.01)
        serving.cancel()


def test_too_few_for_a_desktop_are_told_with_what_to_raise() -> None:
    assert lacking() is None
    with few_descriptors(LEAST - 1):
        assert "ulimit -Hn allows 63 open files" in (lacking() or "")


async def test_a_crowd_that_comes_at_once_leaves_others_their_turns() -> None:
    others = 0

    async def count() -> None:
        nonlocal others
        while True:
            others += 1
            await asyncio.sleep(0)

    with ExitStack() as stack:
        listener = stack.enter_context(listening())
        for _ in range(40):
            stack.enter_context(socket.create_connection(listener.getsockname()))
        counting, came = asyncio.create_task(count()), 0
        async for sock, _ in connections(listener, "somebody"):
            sock.close()
            if (came := came + 1) == 40:
                break
        counting.cancel()
    assert others >= 4

"""The port for VNC viewers, over real TCP with a real RFB server's part behind it."""

from __future__ import annotations

import errno
import logging
import socket
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from desktopd import refusals
from desktopd.geometry import Size
from desktopd.rfb.listeners import vnc_port as port_module
from desktopd.rfb.relay.relay_server import RelayConnection
from desktopd.rfb.viewers.viewer import Role
from tests.unit.accounts import accounts
from tests.unit.rfb.listeners.vnc_clients import (
    CLIENT_INIT,
    CONTROL,
    GREETING,
    KEY,
    PASSWORDS,
    RESIZE,
    SERVER_INIT,
    VIEW,
    VNC_AUTHENTICATION,
    refused,
    serving,
)


async def test_a_viewer_with_the_password_has_the_desktop(folder: Path) -> None:
    async with serving(folder, PASSWORDS) as port, port.guest() as guest:
        await guest.comes_in()
        guest.says(CLIENT_INIT + KEY + RESIZE)
        await guest.hears(SERVER_INIT)
        # Shared, whatever the viewer wants; and the resize is done beside it.
        await port.desk.hears(b"\x01" + KEY + RESIZE)
        assert port.desk.sizes == [Size(1024, 768)]
        (viewer,) = port.viewers
        assert (viewer.role, viewer.address) == (Role.CONTROL, "127.0.0.1")
        guest.writer.close()
        await port.has_viewers(0)


async def test_a_desktop_that_is_not_there_yet(folder: Path) -> None:
    async with serving(folder, PASSWORDS, desk=False) as port, port.guest() as guest:
        await guest.hears(GREETING)
        guest.says(GREETING)
        await guest.hears(b"\x01\x02")
        guest.says(b"\x02")
        await guest.authenticates(CONTROL)
        await guest.hears(refused("the desktop is starting; try again"))
        await guest.hears_the_end()


async def test_who_says_nothing_closes_the_port_to_nobody(folder: Path) -> None:
    async with serving(folder, PASSWORDS, most=2) as port, port.guest() as inside:
        await inside.comes_in()
        async with port.guest() as one, port.guest() as two, port.guest() as owner:
            await one.hears(GREETING)
            await one.hears_the_end()
            await two.hears(GREETING)
            await owner.comes_in()
            owner.says(CLIENT_INIT)
            await owner.hears(SERVER_INIT)
            await port.has_viewers(2)


async def test_watchers_have_so_many_places_and_whoever_has_control_needs_none(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Of those with the password to watch there was no limit: each holds memory, and a socket."""
    async with serving(folder, PASSWORDS, watchers=2) as port, AsyncExitStack() as guests:
        one, two, *late = [await guests.enter_async_context(port.guest()) for _ in range(4)]
        for guest in (one, two):
            await guest.comes_in(VIEW)
        for guest in late:
            await guest.shakes_hands(VIEW)
            await guest.hears(refused("too many watchers at once"))
            await guest.hears_the_end()
        assert caplog.text.count(" refused: too many watchers at once") == 1
        owner = await guests.enter_async_context(port.guest())
        await owner.comes_in()
        await port.has_viewers(3)
        one.writer.close()
        await port.has_viewers(2)
        another = await guests.enter_async_context(port.guest())
        await another.comes_in(VIEW)
        another.says(CLIENT_INIT)
        await another.hears(SERVER_INIT)
        await port.has_viewers(3)


async def test_the_address_with_most_watchers_loses_one_to_another(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving(folder, PASSWORDS, watchers=2) as port, AsyncExitStack() as guests:
        one, two = [await guests.enter_async_context(port.guest()) for _ in range(2)]
        for guest in (one, two):
            await guest.comes_in(VIEW)
        other = await guests.enter_async_context(port.guest("127.0.0.2"))
        await other.comes_in(VIEW)
        other.says(CLIENT_INIT)
        await other.hears(SERVER_INIT)
        await one.hears_the_end()
        await port.has_viewers(2)
    assert "viewer 127.0.0.1 refused: too many watchers at once" in caplog.text


async def test_who_says_nothing_is_sent_away(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(port_module, "NEGOTIATION_DEADLINE", 0.05)
    caplog.set_level(logging.INFO)
    async with serving(folder, PASSWORDS) as port:
        async with port.guest() as guest:
            await guest.hears(GREETING)
            await guest.hears_the_end()
        monkeypatch.undo()
        monkeypatch.setattr(port_module, "PASSWORD_DEADLINE", 0.05)
        async with port.guest() as guest:
            guest.says(GREETING + VNC_AUTHENTICATION)
            await guest.hears(GREETING + b"\x01\x02")
            await guest.reader.readexactly(16)
            await guest.hears_the_end()
    assert caplog.text.count("left before it was in: too late") == 1, "once for an address"


async def test_who_is_refused_again_and_again_is_told_once(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving(folder, PASSWORDS) as port:
        # What a stranger may vary makes no other reason of it.
        for said in (b"GET / HTTP/1", b"GET / HTTP/1", b"SSH-2.0-none"):
            async with port.guest() as guest:
                await guest.hears(GREETING)
                guest.says(said)
                await guest.hears_the_end()
    assert caplog.text.count(" refused: ") == 1


async def test_the_end_of_the_port_is_the_end_of_its_viewers(folder: Path) -> None:
    async with serving(folder, PASSWORDS) as port:
        inside, stranger = port.guest(), port.guest()
        one, two = await inside.__aenter__(), await stranger.__aenter__()
        await one.comes_in()
        await two.hears(GREETING)
    await one.hears_the_end()
    await two.hears_the_end()
    await inside.__aexit__(None, None, None)
    await stranger.__aexit__(None, None, None)


def test_an_address_that_is_taken_or_nobodys() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        port_module.listen("127.0.0.1", taken.getsockname()[1])
    with pytest.raises(OSError):  # noqa: PT011
        port_module.listen("192.0.2.1", 0)


async def test_a_bug_costs_the_viewer_and_is_logged(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(RelayConnection, "serve", fail)
    async with serving(folder, PASSWORDS) as port, port.guest() as guest:
        await guest.comes_in()
        await guest.hears_the_end()
        await port.has_viewers(0)
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize("missing", [0, errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL])
def test_every_address_is_that_of_both_families_or_of_ipv4_alone(
    monkeypatch: pytest.MonkeyPatch, missing: int
) -> None:
    def listen(host: str, port: int) -> socket.socket:
        if missing and ":" in host:
            raise OSError(missing, "no IPv6")
        return real(host, port)

    real = port_module._listen
    monkeypatch.setattr(port_module, "_listen", listen)
    with port_module.listen("::", 0) as sock:
        port = sock.getsockname()[1]
        for host in ["127.0.0.1"] if missing else ["127.0.0.1", "::1"]:
            socket.create_connection((host, port), 5).close()


async def test_who_comes_in_is_told(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "desktopd.audit")
    async with serving(folder, PASSWORDS) as port:
        for password in (CONTROL, VIEW):
            async with port.guest() as guest:
                await guest.comes_in(password)
                guest.says(CLIENT_INIT)
                await guest.hears(SERVER_INIT)
    who = {"event": "signed in", "address": "127.0.0.1", "by": "vnc"}
    assert accounts(caplog, "signed in") == [{**who, "role": role} for role in ("control", "view")]


async def test_who_watches_fills_no_log_by_coming(
    folder: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.INFO, "desktopd.audit")
    monkeypatch.setattr(refusals, "MOST", 2)
    async with serving(folder, PASSWORDS) as port:
        for password in [VIEW] * 5 + [CONTROL]:
            async with port.guest() as guest:
                await guest.comes_in(password)
                guest.says(CLIENT_INIT)
                await guest.hears(SERVER_INIT)
        async with port.guest("127.0.0.2") as other:
            await other.comes_in(VIEW)
            other.says(CLIENT_INIT)
            await other.hears(SERVER_INIT)
    told = [("127.0.0.1", "view")] * 3 + [("127.0.0.1", "control"), ("127.0.0.2", "view")]
    for event in ("signed in", "viewer came"):
        lines = accounts(caplog, event)
        assert [(line["address"], line["role"]) for line in lines] == told

"""The port for VNC viewers, byte by byte, over real TCP with a real RFB server's part behind it."""

from __future__ import annotations

import asyncio
import logging
import socket
from pathlib import Path
from struct import pack

import pytest

from desktopd.geometry import Size
from desktopd.rfb.listeners import vnc_port as port_module
from desktopd.rfb.listeners.password import VncPasswords, response
from desktopd.rfb.viewers.viewer import Role
from tests.unit.rfb.listeners.vnc_clients import (
    ACCEPTED,
    CLIENT_INIT,
    CONTROL,
    DEADLINE,
    GREETING,
    KEY,
    RESIZE,
    SERVER_INIT,
    UPDATE_REQUEST,
    VENCRYPT,
    VENCRYPT_0_2,
    VIEW,
    VNC_AUTHENTICATION,
    Guest,
    Port,
    refused,
    serving,
)

PASSWORDS = VncPasswords(CONTROL, VIEW)
LOCKED = "too many wrong passwords; try again in 10 s"


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


async def test_a_viewer_with_the_other_password_only_watches(folder: Path) -> None:
    async with serving(folder, PASSWORDS) as port, port.guest() as guest:
        await guest.comes_in(VIEW)
        guest.says(CLIENT_INIT + KEY + RESIZE + UPDATE_REQUEST)
        await guest.hears(SERVER_INIT)
        await port.desk.hears(b"\x01" + UPDATE_REQUEST)
        assert port.desk.sizes == []
        assert [viewer.role for viewer in port.viewers] == [Role.VIEW]


@pytest.mark.parametrize("password", ["opensess", "OPENSESA", "lookonl", "x"])
async def test_a_wrong_password_is_refused(folder: Path, password: str) -> None:
    async with serving(folder, PASSWORDS) as port, port.guest() as guest:
        with pytest.raises(AssertionError):
            await guest.comes_in(password)
    async with serving(folder, PASSWORDS, desk=False) as port, port.guest() as guest:
        await guest.hears(GREETING)
        guest.says(GREETING)
        await guest.hears(b"\x01" + VNC_AUTHENTICATION)
        guest.says(VNC_AUTHENTICATION)
        await guest.authenticates(password)
        await guest.hears(refused("wrong password"))
        await guest.hears_the_end()


async def test_a_blank_answer_is_refused(folder: Path) -> None:
    """The challenge itself, zeros, or the challenge encrypted with an empty key."""
    async with serving(folder, PASSWORDS) as port:
        for answer in (lambda c: c, lambda c: bytes(16), lambda c: response(b"\x80", c)):
            async with port.guest() as guest:
                await guest.hears(GREETING)
                guest.says(GREETING)
                await guest.hears(b"\x01" + VNC_AUTHENTICATION)
                guest.says(VNC_AUTHENTICATION)
                guest.says(answer(await guest.reader.readexactly(16)))
                await guest.hears(refused("wrong password"))


async def test_after_five_wrong_passwords_the_right_one_has_to_wait(folder: Path) -> None:
    async with serving(folder, PASSWORDS) as port:
        for reason in (*["wrong password"] * 5, LOCKED):
            async with port.guest() as guest:
                await guest.hears(GREETING)
                guest.says(GREETING)
                await guest.hears(b"\x01" + VNC_AUTHENTICATION)
                guest.says(VNC_AUTHENTICATION)
                await guest.authenticates(CONTROL if reason == LOCKED else "guessed1")
                await guest.hears(refused(reason))


async def test_watching_does_not_clear_the_way_for_guesses(folder: Path) -> None:
    async with serving(folder, PASSWORDS) as port:
        for _ in range(4):
            async with port.guest() as guest:
                with pytest.raises(AssertionError):
                    await guest.comes_in("guessed1")
        async with port.guest() as guest:
            await guest.comes_in(VIEW)
        async with port.guest() as guest:
            with pytest.raises(AssertionError):
                await guest.comes_in("guessed1")
        async with port.guest() as guest:
            with pytest.raises(AssertionError):
                await guest.comes_in(CONTROL)


@pytest.mark.parametrize(
    ("version", "offer", "choice"),
    [
        (b"RFB 003.003\n", pack(">I", 2), b""),
        (b"RFB 003.005\n", pack(">I", 2), b""),
        (b"RFB 003.007\n", b"\x01\x02", b"\x02"),
        (b"RFB 003.008\n", b"\x01\x02", b"\x02"),
        (b"RFB 003.889\n", b"\x01\x02", b"\x02"),
    ],
)
async def test_every_version_of_the_protocol(
    folder: Path, version: bytes, offer: bytes, choice: bytes
) -> None:
    async with serving(folder, PASSWORDS) as port:
        for password in ("guessed1", CONTROL):
            async with port.guest() as guest:
                await guest.hears(GREETING)
                guest.says(version)
                await guest.hears(offer)
                guest.says(choice)
                await guest.authenticates(password)
                if password == CONTROL:
                    await guest.hears(ACCEPTED)
                    guest.says(CLIENT_INIT)
                    await guest.hears(SERVER_INIT)
                else:
                    has_reason = version >= b"RFB 003.008\n"
                    await guest.hears(refused("wrong password") if has_reason else pack(">I", 1))
                    await guest.hears_the_end()


@pytest.mark.parametrize(
    ("version", "offer", "choice", "result"),
    [
        (b"RFB 003.003\n", pack(">I", 1), b"", b""),
        (b"RFB 003.007\n", b"\x01\x01", b"\x01", b""),
        (b"RFB 003.008\n", b"\x01\x01", b"\x01", ACCEPTED),
    ],
)
async def test_without_a_password(
    folder: Path, version: bytes, offer: bytes, choice: bytes, result: bytes
) -> None:
    async with serving(folder, None) as port, port.guest() as guest:
        await guest.hears(GREETING)
        guest.says(version)
        await guest.hears(offer)
        guest.says(choice)
        await guest.hears(result)
        guest.says(CLIENT_INIT)
        await guest.hears(SERVER_INIT)


async def chooses_tls(guest: Guest, offer: bytes, subtype: int) -> None:
    await guest.hears(GREETING)
    guest.says(GREETING)
    await guest.hears(bytes([len(offer)]) + offer)
    guest.says(VENCRYPT)
    await guest.hears(VENCRYPT_0_2)
    guest.says(VENCRYPT_0_2)
    await guest.hears(b"\x00\x01" + pack(">I", subtype))
    guest.says(pack(">I", subtype))
    await guest.hears(b"\x01")


@pytest.mark.parametrize(("plain", "offer"), [(True, b"\x13\x02"), (False, b"\x13")])
async def test_the_password_goes_through_tls(folder: Path, plain: bool, offer: bytes) -> None:
    async with serving(folder, PASSWORDS, tls=True, plain=plain) as port:
        for password, role in ((CONTROL, Role.CONTROL), (VIEW, Role.VIEW)):
            async with port.guest() as guest:
                await chooses_tls(guest, offer, 261)
                await guest.starts_tls(folder / "cert.pem")
                await guest.authenticates(password)
                await guest.hears(ACCEPTED)
                guest.says(CLIENT_INIT)
                await guest.hears(SERVER_INIT)
                assert [viewer.role for viewer in port.viewers] == [role]
            await port.has_viewers(0)
        async with port.guest() as guest:
            await chooses_tls(guest, offer, 261)
            await guest.starts_tls(folder / "cert.pem")
            await guest.authenticates("guessed1")
            await guest.hears(refused("wrong password"))
            await guest.hears_the_end()


async def test_tls_without_a_password(folder: Path) -> None:
    async with serving(folder, None, tls=True) as port, port.guest() as guest:
        await chooses_tls(guest, b"\x13\x01", 260)
        await guest.starts_tls(folder / "cert.pem")
        await guest.hears(ACCEPTED)
        guest.says(CLIENT_INIT)
        await guest.hears(SERVER_INIT)


async def test_where_tls_is_a_must_nobody_comes_without(folder: Path) -> None:
    async with serving(folder, PASSWORDS, tls=True, plain=False) as port:
        async with port.guest() as guest:
            await guest.hears(GREETING)
            guest.says(GREETING)
            await guest.hears(b"\x01" + VENCRYPT)
            guest.says(VNC_AUTHENTICATION)
            await guest.hears_the_end()
        async with port.guest() as guest:
            await guest.hears(GREETING)
            guest.says(b"RFB 003.003\n")
            reason = "this desktop takes viewers with TLS (VeNCrypt) only"
            await guest.hears(pack(">II", 0, len(reason)) + reason.encode())
            await guest.hears_the_end()


async def test_what_is_said_before_tls_does_not_count_within_it(folder: Path) -> None:
    """Else somebody on the way could put messages in front of those of the viewer."""
    async with serving(folder, None, tls=True) as port, port.guest() as guest:
        await guest.hears(GREETING)
        everything = GREETING + VENCRYPT + VENCRYPT_0_2 + pack(">I", 260) + CLIENT_INIT + KEY
        guest.says(everything)
        await guest.hears(b"\x02\x13\x01" + VENCRYPT_0_2 + b"\x00\x01" + pack(">I", 260) + b"\x01")
        with pytest.raises(OSError):  # noqa: PT011
            await guest.starts_tls(folder / "cert.pem")
        assert port.desk.heard.empty()


@pytest.mark.parametrize(
    "says",
    [
        b"GET / HTTP/1",
        GREETING + b"\x01",
        GREETING + b"\x00",
        GREETING + VENCRYPT + b"\x00\x01",
        GREETING + VENCRYPT + VENCRYPT_0_2 + pack(">I", 260),
        GREETING + VENCRYPT + VENCRYPT_0_2 + pack(">I", 2),
        GREETING + VENCRYPT + VENCRYPT_0_2 + pack(">I", 261) + b"no TLS at all, but a lot of text",
    ],
)
async def test_nonsense_is_sent_away(folder: Path, says: bytes) -> None:
    async with serving(folder, PASSWORDS, tls=True) as port:
        async with port.guest() as guest:
            guest.says(says)
            async with asyncio.timeout(DEADLINE):
                try:
                    while await guest.reader.read(4096):
                        pass
                except ConnectionError:
                    pass
        assert len(port.viewers) == 0
        assert port.desk.heard.empty()


async def test_a_handshake_may_be_cut_anywhere(folder: Path) -> None:
    async with serving(folder, PASSWORDS) as port, port.guest() as guest:

        async def slowly(data: bytes) -> None:
            for byte in data:
                guest.says(bytes([byte]))
                await guest.writer.drain()
                await asyncio.sleep(0.001)

        await guest.hears(GREETING)
        await slowly(GREETING)
        await guest.hears(b"\x01\x02")
        await slowly(b"\x02")
        await slowly(response(CONTROL.encode(), await guest.reader.readexactly(16)))
        await guest.hears(ACCEPTED)
        await slowly(CLIENT_INIT + KEY)
        await guest.hears(SERVER_INIT)
        await port.desk.hears(b"\x01" + KEY)


async def test_a_viewer_may_leave_anywhere(folder: Path) -> None:
    whole = GREETING + VNC_AUTHENTICATION + bytes(16)
    async with serving(folder, PASSWORDS) as port:
        for length in range(len(whole)):
            async with port.guest() as guest:
                guest.says(whole[:length])
                await guest.writer.drain()
                guest.writer.write_eof()
                async with asyncio.timeout(DEADLINE):
                    while await guest.reader.read(4096):
                        pass
        async with port.guest() as guest:
            await guest.comes_in()


async def test_a_desktop_that_is_not_there_yet(folder: Path) -> None:
    async with serving(folder, PASSWORDS, desk=False) as port, port.guest() as guest:
        await guest.hears(GREETING)
        guest.says(GREETING)
        await guest.hears(b"\x01\x02")
        guest.says(b"\x02")
        await guest.authenticates(CONTROL)
        await guest.hears(refused("the desktop is starting; try again"))
        await guest.hears_the_end()


@pytest.mark.parametrize(
    ("security", "result"),
    [(b"\x00\x00\x00\x00\x02no", b""), (b"\x01\x01", pack(">II", 1, 2) + b"no")],
)
async def test_a_server_that_lets_nobody_in(
    folder: Path, security: bytes, result: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving(folder, PASSWORDS) as port, port.guest() as guest:
        port.desk.security, port.desk.result = security, result
        await guest.comes_in()
        await guest.hears_the_end()
    assert "cannot be served: the RFB server lets nobody in: no" in caplog.text


async def test_strangers_are_limited_and_viewers_do_not_count(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(port_module, "MOST_STRANGERS", 2)
    async with serving(folder, PASSWORDS) as port, port.guest() as inside:
        await inside.comes_in()
        async with port.guest() as one, port.guest() as two, port.guest() as three:
            await one.hears(GREETING)
            await two.hears(GREETING)
            await three.hears_the_end()
        async with asyncio.timeout(DEADLINE):
            while not await has_room(port):
                pass


async def has_room(port: Port) -> bool:
    async with port.guest() as guest:
        try:
            await guest.comes_in()
        except (asyncio.IncompleteReadError, ConnectionError):
            return False
        return True


async def test_who_says_nothing_is_sent_away(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(port_module, "NEGOTIATION_DEADLINE", 0.05)
    monkeypatch.setattr(port_module, "PASSWORD_DEADLINE", 0.2)
    caplog.set_level(logging.INFO)
    async with serving(folder, PASSWORDS) as port:
        async with port.guest() as guest:
            await guest.hears(GREETING)
            await guest.hears_the_end()
        async with port.guest() as guest:
            guest.says(GREETING + VNC_AUTHENTICATION)
            await guest.hears(GREETING + b"\x01\x02")
            await guest.reader.readexactly(16)
            await guest.hears_the_end()
    assert caplog.text.count("left before it was in: too late") == 2


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

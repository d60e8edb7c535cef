"""VNC viewers that come by TLS, byte by byte up to its handshake."""

from __future__ import annotations

import asyncio
from pathlib import Path
from struct import pack

import pytest

from desktopd.rfb.viewers.viewer import Role
from tests.noted_turns import noted_turns
from tests.unit.rfb.listeners.vnc_clients import (
    ACCEPTED,
    CLIENT_INIT,
    CONTROL,
    DEADLINE,
    GREETING,
    KEY,
    PASSWORDS,
    SERVER_INIT,
    VENCRYPT,
    VENCRYPT_0_2,
    VIEW,
    VNC_AUTHENTICATION,
    Guest,
    refused,
    serving,
)


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


async def test_what_comes_by_tls_before_the_password_is_read_in_turns(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sixteen strangers who asked for keys again and again had everybody wait for 14 s."""
    turns = noted_turns(monkeypatch, "desktopd.rfb.listeners.vnc_port")
    async with serving(folder, PASSWORDS, tls=True) as port, port.guest() as guest:
        await chooses_tls(guest, b"\x13\x02", 261)
        await guest.starts_tls(folder / "cert.pem")
        await guest.authenticates(VIEW)
        await guest.hears(ACCEPTED)
        assert len(turns) >= 3, "a ClientHello, a Finished, and the password"


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

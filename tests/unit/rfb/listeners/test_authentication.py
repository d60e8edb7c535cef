"""Passwords of VNC viewers at the port, in each version of the protocol, byte by byte."""

from __future__ import annotations

import asyncio
from pathlib import Path
from struct import pack

import pytest

from desktopd import lockout
from desktopd.rfb.listeners.password import response
from desktopd.rfb.viewers.viewer import Role
from tests.unit.rfb.listeners.vnc_clients import (
    ACCEPTED,
    CLIENT_INIT,
    CONTROL,
    DEADLINE,
    GREETING,
    KEY,
    PASSWORDS,
    RESIZE,
    SERVER_INIT,
    UPDATE_REQUEST,
    VIEW,
    VNC_AUTHENTICATION,
    Port,
    refused,
    serving,
)


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


async def guess(port: Port, times: int) -> None:
    for _ in range(times):
        async with port.guest() as guest:
            with pytest.raises(AssertionError):
                await guest.comes_in("guessed1")


async def test_after_five_wrong_passwords_everybody_waits_and_nobody_is_locked_out(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lockout, "FIRST_PAUSE", 0.05)
    async with serving(folder, PASSWORDS) as port:
        await guess(port, 5)
        assert port.lockout.pause("127.0.0.1") == 0.05
        await guess(port, 1)
        assert port.lockout.pause("127.0.0.1") == 0.1
        async with port.guest() as owner:
            begun = asyncio.get_running_loop().time()
            await owner.comes_in()
            assert asyncio.get_running_loop().time() - begun >= 0.1
        assert port.lockout.pause("127.0.0.1") == 0


async def test_watching_does_not_clear_the_way_for_guesses(folder: Path) -> None:
    async with serving(folder, PASSWORDS) as port:
        await guess(port, 4)
        async with port.guest() as guest:
            await guest.comes_in(VIEW)
        await guess(port, 1)
        assert port.lockout.pause("127.0.0.1") == lockout.FIRST_PAUSE


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

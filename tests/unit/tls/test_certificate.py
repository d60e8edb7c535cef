"""A certificate in files: refused with its reason, and taken up while servers use it."""

from __future__ import annotations

import asyncio
import os
import ssl
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from desktopd.errors import ListenError
from desktopd.tls import certificate as under_test
from desktopd.tls.certificate import Certificate
from tests.unit.certificate import certificate


@pytest.mark.parametrize("wrong", ["missing", "garbage", "pipe"])
def test_files_that_cannot_be_used_are_named(folder: Path, wrong: str) -> None:
    chain, key = certificate(folder)
    key.unlink()
    if wrong == "garbage":
        key.write_text("garbage")
    elif wrong == "pipe":
        os.mkfifo(key)
    with pytest.raises(ListenError, match=r"tls_cert=.*tls_key=.*PEM"):
        Certificate(chain, key)


def test_an_encrypted_key_is_an_error_that_says_so(folder: Path) -> None:
    chain, key = certificate(folder)
    plain = serialization.load_pem_private_key(key.read_bytes(), None)
    key.write_bytes(
        plain.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"secret"),
        )
    )
    with pytest.raises(ListenError, match=r"tls_key=.*is encrypted.*openssl pkey -in"):
        Certificate(chain, key)


async def served(context: ssl.SSLContext) -> asyncio.Server:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            writer.write(line)
        writer.close()

    return await asyncio.start_server(echo, "127.0.0.1", 0, ssl=context)


async def connected(
    server: asyncio.Server,
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter, bytes]:
    """A connection, and the certificate that it was shown."""
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    port = server.sockets[0].getsockname()[1]
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=trusting)
    shown = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    return reader, writer, shown


async def test_certificates_are_rotated_and_nobody_is_dropped(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(under_test, "EVERY", 0.01)
    chain, key = certificate(folder)
    files = Certificate(chain, key)
    following = asyncio.create_task(files.follow())
    async with await served(files.context()) as server:
        reader, writer, first = await connected(server)
        other = folder / "other"
        other.mkdir()
        new_chain, new_key = certificate(other)

        # Between the two they do not go together: nothing changes.
        new_chain.replace(chain)
        async with asyncio.timeout(30):
            while "stays in use" not in caplog.text:
                await asyncio.sleep(0.01)
        _, also, shown = await connected(server)
        assert shown == first
        also.close()

        new_key.replace(key)
        async with asyncio.timeout(30):
            while shown == first:
                _, also, shown = await connected(server)
                also.close()
        writer.write(b"still there\n")
        assert await reader.readline() == b"still there\n"
        writer.close()
    following.cancel()
    assert caplog.text.count("stays in use") == 1

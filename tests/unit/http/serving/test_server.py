"""The server on real sockets: addresses, TLS, event loops."""

import asyncio
import socket
import ssl
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from starlette.types import Receive, Scope, Send
from websockets.asyncio.client import connect

from desktopd.errors import ListenError
from desktopd.http.serving.listening_sockets import bind_tcp, bind_unix
from desktopd.http.serving.server import HttpServer
from tests.unit.http.desktop import TOKEN, exchange, make_app, serving


async def test_accepted_sockets_send_at_once() -> None:
    options: dict[str, int | bytes] = {}

    async def look(scope: Scope, receive: Receive, send: Send) -> None:
        (connection,) = server._uvicorn.server_state.connections
        sock = connection.transport.get_extra_info("socket")
        for name in ("TCP_NODELAY", "TCP_NOTSENT_LOWAT", "TCP_USER_TIMEOUT"):
            options[name] = sock.getsockopt(socket.IPPROTO_TCP, getattr(socket, name))
        control = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, 16)
        options["TCP_CONGESTION"] = control.rstrip(b"\0")
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    async with serving(look) as server, httpx.AsyncClient() as browser:
        await browser.get(server.addresses[0])
    assert options == {
        "TCP_NODELAY": 1,
        "TCP_NOTSENT_LOWAT": 131072,
        "TCP_USER_TIMEOUT": 40000,
        "TCP_CONGESTION": b"reno",
    }


class TestAddresses:
    async def test_a_free_port_is_known_before_the_start(self) -> None:
        async with serving(make_app()) as server:
            assert server.addresses == (f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}",)

    async def test_all_addresses_share_one_port(self) -> None:
        sockets = bind_tcp("*", 0)
        server = HttpServer(make_app(), sockets)
        running = asyncio.create_task(server.serve())
        (port,) = {sock.getsockname()[1] for sock in sockets}
        async with httpx.AsyncClient() as browser:
            for host in ("127.0.0.1", "[::1]"):
                assert (await browser.get(f"http://{host}:{port}/healthz")).status_code == 200
        assert set(server.addresses) == {f"http://0.0.0.0:{port}", f"http://[::]:{port}"}
        await server.stop()
        await running

    def test_a_port_in_use_is_named(self) -> None:
        (taken,) = bind_tcp("127.0.0.1", 0)
        port = taken.getsockname()[1]
        with (
            taken,
            pytest.raises(ListenError, match=f"port={port}: Address already in use"),
        ):
            bind_tcp("127.0.0.1", port)

    @pytest.mark.parametrize("host", ["no.such.host.invalid", "192.0.2.1", "a" * 100, "ü..ü"])
    def test_a_host_that_is_not_ours_is_named(self, host: str) -> None:
        with pytest.raises(ListenError, match="host="):
            bind_tcp(host, 0)

    async def test_a_unix_socket_is_for_its_owner_alone(self, folder: Path) -> None:
        path = folder / "d.sock"
        server = HttpServer(make_app(), [bind_unix(path)])
        running = asyncio.create_task(server.serve())
        assert server.addresses == (f"unix:{path}",)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        transport = httpx.AsyncHTTPTransport(uds=str(path))
        async with httpx.AsyncClient(transport=transport) as browser:
            assert (await browser.get("http://desk.test/healthz")).status_code == 200
            for status in (401,) * 5 + (429,):
                answer = await browser.get("http://desk.test/?token=x")
                assert answer.status_code == status
        await server.stop()
        await running
        assert not path.exists()

    def test_a_dead_unix_socket_is_replaced(self, folder: Path) -> None:
        path = folder / "d.sock"
        bind_unix(path).close()
        assert path.exists()
        bind_unix(path).close()

    def test_a_living_unix_socket_is_not(self, folder: Path) -> None:
        path = folder / "d.sock"
        with bind_unix(path), pytest.raises(ListenError, match=r"unix_socket=.*already in use"):
            bind_unix(path)

    @pytest.mark.parametrize("name", ["file", "missing/d.sock", "d" * 200])
    def test_a_path_that_cannot_be_bound_is_named(self, folder: Path, name: str) -> None:
        (folder / "file").write_text("precious")
        with pytest.raises(ListenError, match="unix_socket="):
            bind_unix(folder / name)
        assert (folder / "file").read_text() == "precious"


def certificate(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    cert = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "cert.pem").write_bytes(cert.public_bytes(pem))
    (folder / "key.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return folder / "cert.pem", folder / "key.pem"


class TestTls:
    async def test_page_and_websocket(self, folder: Path) -> None:
        cert, key = certificate(folder)
        trust = ssl.create_default_context(cafile=str(cert))
        async with serving(make_app(), tls_cert=cert, tls_key=key) as server:
            own = f"https://localhost:{server.sockets[0].getsockname()[1]}"
            assert server.addresses[0].startswith("https://127.0.0.1:")
            async with httpx.AsyncClient(verify=trust) as browser:
                answer = await browser.get(f"{own}/?token={TOKEN}")
                assert "; Secure;" in answer.headers["set-cookie"]
                ((name, value),) = browser.cookies.items()
            headers = {"Cookie": f"{name}={value}"}
            address = own.replace("https", "wss") + "/api/events"
            async with connect(
                address,
                ssl=trust,
                origin=own,
                additional_headers=headers,  # type: ignore[arg-type]
            ) as websocket:
                await websocket.recv()

    async def test_a_handshake_must_come_soon(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("desktopd.http.serving.server.HEADER_DEADLINE", 0.3)
        cert, key = certificate(folder)
        async with serving(make_app(), tls_cert=cert, tls_key=key) as server:
            assert await exchange(server, b"\x16\x03\x01") == b""

    @pytest.mark.parametrize("wrong", ["missing", "garbage"])
    def test_files_that_cannot_be_used_are_named(self, folder: Path, wrong: str) -> None:
        cert, key = certificate(folder)
        key.unlink() if wrong == "missing" else key.write_text("garbage")
        sockets = bind_tcp("127.0.0.1", 0)
        with sockets[0], pytest.raises(ListenError, match=r"tls_cert=.*tls_key=.*PEM"):
            HttpServer(make_app(), sockets, tls_cert=cert, tls_key=key)

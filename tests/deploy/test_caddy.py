"""container/caddy: a real Caddy between a real Chromium and a real desktop."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests import http
from tests.chromium import Tab, save
from tests.daemon import Daemon
from tests.deploy.conftest import napari_picture
from tests.deploy.front import Program, free_port, recipe

Start = Callable[..., Daemon]
OpenTab = Callable[[str], Tab]


@pytest.fixture
def caddy(folder: Path) -> Iterator[Callable[..., Program]]:
    """Start Caddy with the recipe, in front of a daemon."""
    started: list[Program] = []

    def start(desktop: Daemon, **changes: str) -> Program:
        port = free_port()
        changed = {
            "127.0.0.1:8888": desktop.base.split("/")[2],
            "napari.example.org {": f"http://127.0.0.1:{port} {{",
            # Its administration would listen on a fixed port.
            "\tlog {": "\tadmin off\n\tlog {",
        }
        file = folder / "Caddyfile"
        file.write_text(recipe("caddy/Caddyfile", changed | changes))
        argv = ["caddy", "run", "--config", str(file)]
        started.append(Program(argv, port, folder))
        return started[-1]

    yield start
    for program in started:
        program.stop()


@pytest.mark.parametrize(("path", "app"), [("/", "xterm"), ("/tools/napari/", "napari")])
def test_the_desktop_is_there(
    daemon: Start, caddy: Callable[..., Program], tab: OpenTab, path: str, app: str
) -> None:
    desktop = daemon(app=app, display="xvfb", size="1280x720", base_url=path)
    match = "" if path == "/" else f"{path}* "
    front = caddy(desktop, **{"reverse_proxy ": f"reverse_proxy {match}"})
    page = tab(f"http://127.0.0.1:{front.port}{path}?token={desktop.token}&bar=0")
    page.shows_desktop()
    if app == "napari":
        save(napari_picture(page.page), "caddy")
    page.page.set_viewport_size({"width": 1000, "height": 600})
    page.shows(size="1000x600", scale="1")


def test_what_a_stranger_sends_is_no_part_of_somebody_elses_request(
    daemon: Start, caddy: Callable[..., Program], folder: Path
) -> None:
    """Caddy keeps connections, and hands `Upgrade` on: an owner's cookie deleted his file."""
    files = folder / "files"
    files.mkdir()
    (files / "cells.tif").write_text("")
    desktop = daemon(app="xterm", display="xvfb", files_root=files)
    front = f"http://127.0.0.1:{caddy(desktop).port}"
    begun = (
        "DELETE /api/files/cells.tif HTTP/1.1\r\nX-Desktopd: 1\r\n"
        f"Host: {front[7:]}\r\nOrigin: {front}\r\nX-Rest: "
    )
    h2c = {"Connection": "Upgrade", "Upgrade": "h2c"}
    with httpx.Client(base_url=front) as owner:
        assert owner.get("/", params={"token": desktop.token}).status_code == 303
        body = b"\r\n" * 10_000 + begun.encode()
        assert http.request("GET", f"{front}/healthz", headers=h2c, content=body).status_code == 200
        assert owner.get("/api/session").json()["role"] == "control"
    assert (files / "cells.tif").exists()


def test_nobody_else_is_read_in_the_place_of_a_body_that_is_left_out(
    daemon: Start, caddy: Callable[..., Program]
) -> None:
    """Set so, Caddy waits as Traefik does, and sends no body behind an answer."""
    desktop = daemon(app="xterm", display="xvfb")
    served = f"\treverse_proxy {desktop.base.split('/')[2]}"
    waits = "{\n\t\ttransport http {\n\t\t\texpect_continue_timeout 1s\n\t\t}\n\t}"
    front = caddy(desktop, **{served: f"{served} {waits}"})
    head = f"POST /api/app/restart HTTP/1.1\r\nHost: 127.0.0.1:{front.port}\r\n"
    expecting = "Expect: x, 100-continue\r\nContent-Length: 1000\r\n\r\n"
    with socket.create_connection(("127.0.0.1", front.port), 10) as stranger:
        stranger.sendall(f"{head}{expecting}".encode() + bytes(1000))
        assert stranger.recv(4096).startswith(b"HTTP/1.1 401 ")
        bearer = {"Authorization": f"Bearer {desktop.token}"}
        # Caddy asks once more where it has no answer after 10 s.
        owners = f"http://127.0.0.1:{front.port}/api/session"
        assert http.get(owners, headers=bearer, timeout=5).status_code == 200


def test_the_token_leaves_no_trace_in_the_log(daemon: Start, caddy: Callable[..., Program]) -> None:
    desktop = daemon(app="xterm", display="xvfb")
    front = caddy(desktop)
    address = f"http://127.0.0.1:{front.port}/?token={desktop.token}"
    assert http.get(address).status_code == 303
    desktop.kill()
    page_key = {"Sec-WebSocket-Protocol": "binary, desktopd.bearer.of-a-page"}
    assert http.get(f"{address}&ticket=of-a-frame", headers=page_key).status_code == 502
    log = front.log.read_text()
    assert "token=REDACTED" in log
    assert "ticket=REDACTED" in log
    for secret in (desktop.token, "of-a-frame", "of-a-page"):
        assert secret not in log

"""container/nginx: a real nginx between a real Chromium and a real desktop."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest
from playwright.sync_api import Browser, expect
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from tests import http
from tests.chromium import Tab, save, screen
from tests.daemon import ROOT, Daemon, until
from tests.deploy.front import Program, certificate, free_port, recipe

Start = Callable[..., Daemon]
OpenTab = Callable[[str], Tab]
StartNginx = Callable[..., Program]

RECIPES = ["root.conf", "subpath.conf", "novnc.conf", "tls.conf"]
PATHS = ["/napari/", "/tools/napari/", "/lab/user/ada/napari/"]
PING_SECONDS = 20

MAIN = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/main-error.log;
events {{}}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/recipe.conf;
}}
"""


@pytest.fixture
def nginx(folder: Path) -> Iterator[StartNginx]:
    """Start nginx with a recipe, in front of a daemon."""
    started: list[Program] = []

    def start(name: str, desktop: Daemon, **changes: str) -> Program:
        place = folder / "nginx"
        place.mkdir()
        port = free_port()
        changed = {
            "127.0.0.1:8888": desktop.base.split("/")[2],
            "/var/log/nginx/": f"{place}/",
            "listen 443 ssl;" if name == "tls.conf" else "listen 80;": (
                f"listen 127.0.0.1:{port}{' ssl' if name == 'tls.conf' else ''};"
            ),
        }
        (place / "recipe.conf").write_text(recipe(f"nginx/{name}", changed | changes))
        (place / "nginx.conf").write_text(MAIN.format(folder=place))
        argv = ["nginx", "-p", str(place), "-e", str(place / "start.log"), "-c"]
        started.append(Program([*argv, str(place / "nginx.conf")], port, place))
        return started[-1]

    yield start
    for program in started:
        program.stop()


@pytest.fixture
def desktop(daemon: Start) -> Daemon:
    return daemon(app="xterm", display="xvfb", size="1280x720")


def works(page: Tab, desktop: Daemon, folder: Path) -> None:
    """Picture, keyboard and size of the desktop are those that the tab shows."""
    page.shows_desktop()
    until(lambda: np.array_equal(page.picture(), screen(desktop)), 20, "the same picture")
    typed = folder / "typed"
    page.page.locator("canvas").first.click()
    page.page.keyboard.type(f"touch {typed}\n")
    until(typed.exists, 20, "the command that was typed")
    page.page.set_viewport_size({"width": 900, "height": 500})
    page.shows(size="900x500", scale="1")


def test_at_the_root(desktop: Daemon, nginx: StartNginx, tab: OpenTab, folder: Path) -> None:
    front = f"http://127.0.0.1:{nginx('root.conf', desktop).port}"
    page = tab(f"{front}/?token={desktop.token}&bar=0")
    works(page, desktop, folder)
    assert page.page.url == f"{front}/?bar=0"
    save(page.picture(), "nginx")


@pytest.mark.parametrize("path", PATHS)
def test_below_a_path(
    daemon: Start, nginx: StartNginx, tab: OpenTab, folder: Path, path: str
) -> None:
    desktop = daemon(app="xterm", display="xvfb", size="1280x720", base_url=path)
    front = f"http://127.0.0.1:{nginx('subpath.conf', desktop, **{'/napari/': path}).port}"
    works(tab(f"{front}{path}?token={desktop.token}&bar=0"), desktop, folder)
    assert http.get(front + path.rstrip("/")).headers["location"] == front + path
    assert http.get(f"{front}/").status_code == 404


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_path_that_nginx_strips(
    desktop: Daemon, nginx: StartNginx, tab: OpenTab, folder: Path, slash: str
) -> None:
    strips = (
        "location /napari { rewrite ^/napari/?(.*)$ /$1 break; "
        "proxy_set_header X-Forwarded-Prefix /napari;"
    )
    front = (
        f"http://127.0.0.1:{nginx('subpath.conf', desktop, **{'location /napari/ {': strips}).port}"
    )
    works(tab(f"{front}/napari{slash}?token={desktop.token}&bar=0"), desktop, folder)


@pytest.mark.parametrize("page", ["vnc.html", "vnc_lite.html"])
def test_a_host_that_was_made_for_novnc(
    desktop: Daemon, nginx: StartNginx, tab: OpenTab, folder: Path, page: str
) -> None:
    front = f"http://127.0.0.1:{nginx('novnc.conf', desktop).port}"
    sockets: list[str] = []
    opened = tab("about:blank")
    opened.page.on("websocket", lambda socket: sockets.append(socket.url))
    query = f"token={desktop.token}&bar=0&path=ws/&autoconnect=1&resize=remote"
    opened.page.goto(f"{front}/{page}?{query}")
    works(opened, desktop, folder)
    assert f"{front}/ws/".replace("http", "ws") in sockets


def test_an_nginx_that_buffers_compresses_and_takes_little(
    daemon: Start, nginx: StartNginx, tab: OpenTab, folder: Path
) -> None:
    """As Debian's is without a recipe of ours, and with gzip for all that there is."""
    files = folder / "files"
    files.mkdir()
    (files / "zeros.bin").write_bytes(bytes(3_000_000))
    desktop = daemon(app="xterm", display="xvfb", size="1280x720", files_root=files)
    program = nginx(
        "root.conf",
        desktop,
        **{
            "proxy_buffering off;": "gzip on; gzip_types *; gzip_proxied any; gzip_min_length 1;",
            "proxy_request_buffering off;": "",
            "client_max_body_size 0;": "",
        },
    )
    front = f"http://127.0.0.1:{program.port}"
    works(tab(f"{front}/?token={desktop.token}&bar=0"), desktop, folder)
    page = tab(front)
    page.shows_desktop()
    sent = folder / "large.bin"
    sent.write_bytes(os.urandom(20_000_000))
    page.page.locator("#bar-handle").click()
    page.page.locator("#bar-files").click()
    with page.page.expect_download() as download:
        page.page.get_by_role("link", name="Load zeros.bin").click()
    assert download.value.path().read_bytes() == bytes(3_000_000)
    page.page.locator("#files-upload-input").set_input_files(sent)
    arrived = files / "large.bin"
    until(arrived.exists, 30, "the upload in pieces that nginx takes")
    assert arrived.read_bytes() == sent.read_bytes()


def test_tls_ends_at_nginx(
    desktop: Daemon, nginx: StartNginx, chromium: Browser, folder: Path
) -> None:
    pem, key = certificate(folder)
    plain = free_port()
    changes = {
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "/etc/ssl/certs/napari.example.org.pem": str(pem),
        "/etc/ssl/private/napari.example.org.key": str(key),
    }
    port = nginx("tls.conf", desktop, **changes).port
    context = chromium.new_context(
        viewport={"width": 1280, "height": 720}, ignore_https_errors=True
    )
    page = Tab(context.new_page())
    page.page.goto(f"https://localhost:{port}/?token={desktop.token}&bar=0")
    works(page, desktop, folder)
    assert page.page.evaluate("window.isSecureContext")
    assert [cookie["secure"] for cookie in context.cookies()] == [True]
    assert page.errors == []
    context.close()
    moved = http.get(f"http://127.0.0.1:{plain}/vnc.html?resize=off")
    assert moved.status_code == 308
    assert moved.headers["location"] == "https://127.0.0.1/vnc.html?resize=off"


def test_the_tab_is_back_after_a_restart_of_nginx(
    desktop: Daemon, nginx: StartNginx, tab: OpenTab
) -> None:
    front = nginx("root.conf", desktop)
    page = tab(f"http://127.0.0.1:{front.port}/?token={desktop.token}")
    page.shows_desktop()
    front.stop()
    page.shows(link="reconnecting")
    front.start()
    page.shows_desktop()


def test_only_pages_of_the_same_host_may_connect(desktop: Daemon, nginx: StartNginx) -> None:
    port = nginx("root.conf", desktop).port
    address = f"ws://127.0.0.1:{port}/websockify"
    desktop.ready()
    headers = {"Authorization": f"Bearer {desktop.token}"}
    own, foreign = Origin(f"http://127.0.0.1:{port}"), Origin("http://127.0.0.1:1")
    with connect(address, additional_headers=headers, origin=own) as socket:
        assert bytes(socket.recv(20)).startswith(b"RFB 003.")
    with pytest.raises(InvalidStatus, match="403"):
        connect(address, additional_headers=headers, origin=foreign)


def test_the_desktop_learns_who_comes(desktop: Daemon, nginx: StartNginx) -> None:
    port = nginx("root.conf", desktop).port
    with httpx.Client(transport=httpx.HTTPTransport(local_address="127.0.0.2")) as client:
        answer = client.get(
            f"http://127.0.0.1:{port}/api/session",
            headers={"Authorization": "Bearer wrong", "X-Forwarded-For": "192.0.2.9"},
        )
    assert answer.status_code == 401
    assert "wrong token from 127.0.0.2" in desktop.logs()


def test_the_token_leaves_no_trace_in_the_logs(desktop: Daemon, nginx: StartNginx) -> None:
    front = nginx("root.conf", desktop)
    address = f"http://127.0.0.1:{front.port}/?token={desktop.token}"
    assert http.get(address).status_code == 303
    desktop.kill()
    assert http.get(address).status_code == 502
    access = front.log.parent / "access.log"
    # nginx writes it once it has answered.
    until(lambda: access.read_text().count('"GET /"') == 2, 30, "the second line")
    logs = sorted(front.log.parent.glob("*.log"))
    for log in logs:
        assert desktop.token not in log.read_text(), log


@pytest.mark.parametrize("name", RECIPES)
def test_a_websocket_outlives_silence_between_pings(name: str) -> None:
    text = (ROOT / "container" / "nginx" / name).read_text()
    for direction in ("read", "send"):
        minutes = re.findall(rf"^ +proxy_{direction}_timeout (\d+)m;$", text, re.MULTILINE)
        assert minutes, name
        assert all(int(value) * 60 > 2 * PING_SECONDS for value in minutes)


@pytest.mark.parametrize(
    ("recipe_line", "instead", "told"),
    [
        ("proxy_set_header Upgrade $http_upgrade;", "", "WebSockets do not get through"),
        (
            "location / {",
            "location ~ ^/(websockify|api/events)$ { return 502; } location / {",
            "502",
        ),
    ],
    ids=["no Upgrade", "502 for WebSockets"],
)
def test_a_proxy_that_holds_websockets_back_is_named_with_the_remedy(
    desktop: Daemon, nginx: StartNginx, tab: OpenTab, recipe_line: str, instead: str, told: str
) -> None:
    front = nginx("root.conf", desktop, **{recipe_line: instead})
    page = tab(f"http://127.0.0.1:{front.port}/?token={desktop.token}").page
    said = page.locator("#start-message")
    expect(said).to_contain_text(told, timeout=15_000)
    expect(said).to_contain_text("let WebSockets through" if told == "502" else "Upgrade")

"""The desktop as tile and tab of a real JupyterLab."""

from __future__ import annotations

import secrets
import shutil
import signal
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import BrowserContext, Frame, Page
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from tests import http
from tests.chromium import pixels, save
from tests.daemon import ROOT, until
from tests.deploy.conftest import (
    SCRIPTS,
    Run,
    alive,
    clean_environment,
    napari_picture,
    shows_desktop,
)
from tests.deploy.front import free_port


class Lab:
    """A JupyterLab of its own user, whose desktop shows `app`."""

    def __init__(
        self, run: Run, folder: Path, app: str, base_url: str = "/", config: str = ""
    ) -> None:
        self.home = folder / f"home-{secrets.token_hex(2)}"
        self.home.mkdir()
        if config:
            (self.home / ".jupyter").mkdir()
            shutil.copy(ROOT / config, self.home / ".jupyter")
        self.token = secrets.token_urlsafe(24)
        port = free_port()
        self.base = f"http://127.0.0.1:{port}{base_url}"
        self.program = run(
            [
                str(SCRIPTS / "jupyter-lab"),
                "--no-browser",
                "--allow-root",
                "--ip=127.0.0.1",
                f"--port={port}",
                "--ServerApp.port_retries=0",
                "--LabApp.news_url=None",
                "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
                f"--ServerApp.base_url={base_url}",
                f"--ServerApp.root_dir={self.home}",
                f"--IdentityProvider.token={self.token}",
            ],
            clean_environment(self.home, DESKTOPD_APP=app, TMPDIR=str(self.home)),
        )
        self.program.until(self._answers, 60, "JupyterLab")

    def _answers(self) -> bool:
        try:
            return self.get("api/status").status_code == 200
        except httpx.TransportError:
            return False

    def get(self, path: str) -> httpx.Response:
        headers = {"Authorization": f"token {self.token}"}
        return http.get(self.base + path, headers=headers, timeout=60)

    def session(self, desktop: str = "desktop") -> dict[str, Any]:
        response = self.get(f"{desktop}/api/session")
        assert response.status_code == 200, f"{response.text}\n{self.program.tail()}"
        return dict(response.json())

    def ready(self) -> dict[str, Any]:
        self.program.until(lambda: self.get("desktop/readyz").status_code == 200, 60, "ready")
        return self.session()

    def pids(self) -> list[int]:
        return [service["pid"] for service in self.ready()["services"]]


@pytest.fixture
def lab(run: Run, folder: Path) -> Callable[..., Lab]:
    return lambda *args, **options: Lab(run, folder, *args, **options)


def launch(page: Page, lab: Lab, title: str = "Desktop") -> Frame:
    """Sign in, click the tile; the frame in which the desktop opens."""
    page.goto(f"{lab.base}lab?token={lab.token}&reset")
    tile = page.locator(".jp-LauncherCard", has=page.get_by_text(title, exact=True))
    tile.wait_for(timeout=60_000)
    icon = tile.locator("img")
    until(lambda: icon.evaluate("image => image.naturalWidth"), 30, "the tile's icon")
    tile.click()
    inside = page.locator(".jp-ServerProxy iframe").element_handle().content_frame()
    assert inside is not None
    return inside


def test_the_tile_opens_napari_in_a_tab_of_jupyterlab_and_in_one_of_the_browser(
    lab: Callable[..., Lab], context: BrowserContext
) -> None:
    jupyter = lab("napari")
    page = context.new_page()
    inside = launch(page, jupyter)
    shows_desktop(inside)
    assert inside.url == f"{jupyter.base}desktop/"
    own = context.new_page()
    own.goto(f"{jupyter.base}desktop/")
    shows_desktop(own)
    save(napari_picture(own), "jupyter-browser-tab")
    assert len(jupyter.session()["viewers"]) == 2
    page.bring_to_front()
    save(pixels(page.screenshot()), "jupyterlab")


def test_desktops_with_names_have_tiles_displays_and_sockets_of_their_own(
    lab: Callable[..., Lab], context: BrowserContext
) -> None:
    jupyter = lab("xterm", config="container/jupyter/jupyter_server_config.py")
    page = context.new_page()
    inside = launch(page, jupyter, "Desktop terminal")
    shows_desktop(inside)
    assert inside.url == f"{jupyter.base}desktop-terminal/"
    page.locator(".jp-ServerProxy iframe").click()
    proof = jupyter.home / "proof"
    page.keyboard.type(f"echo typed >{proof}\n")
    until(proof.is_file, 20, "the file that the typed command makes")
    desktops = [f"desktop{name}" for name in ("", "-second", "-terminal")]
    for desktop in desktops:
        jupyter.program.until(lambda one=desktop: jupyter.session(one)["display"], 60, desktop)
    found = [jupyter.session(desktop) for desktop in desktops]
    assert len({told["display"]["name"] for told in found}) == 3
    pids = [{s["pid"] for s in told["services"] if s["pid"]} for told in found]
    assert len(set.union(*pids)) == sum(map(len, pids))
    sockets = list(jupyter.home.glob("jupyter-server-proxy-*/socket"))
    assert [stat.S_IMODE(socket.stat().st_mode) for socket in sockets] == [0o600] * 3


def test_what_is_typed_below_a_hubs_prefix_arrives(
    lab: Callable[..., Lab], context: BrowserContext
) -> None:
    jupyter = lab("xterm", base_url="/user/ada@example.org/")
    page = context.new_page()
    inside = launch(page, jupyter)
    shows_desktop(inside)
    proof = jupyter.home / "proof"
    page.locator(".jp-ServerProxy iframe").click()
    page.keyboard.type(f"echo typed >{proof}\n")
    until(proof.is_file, 20, "the file that the typed command makes")


def test_jupyter_alone_lets_users_in(lab: Callable[..., Lab]) -> None:
    jupyter = lab("xterm")
    assert jupyter.ready()["role"] == "control"
    for path in ("desktop/", "desktop/api/session", "desktop/healthz"):
        assert http.get(jupyter.base + path).status_code in (302, 403), path
    address = f"{jupyter.base.replace('http', 'ws')}desktop/websockify"
    with pytest.raises(InvalidStatus, match="403"):
        connect(address)
    [socket] = jupyter.home.glob("jupyter-server-proxy-*/socket")
    assert stat.S_IMODE(socket.stat().st_mode) == 0o600
    assert stat.S_IMODE(socket.parent.stat().st_mode) == 0o700


def test_a_page_of_another_origin_sees_nothing(lab: Callable[..., Lab]) -> None:
    jupyter = lab("xterm")
    jupyter.ready()
    address = f"{jupyter.base.replace('http', 'ws')}desktop/websockify"
    header = {"Authorization": f"token {jupyter.token}"}
    same, elsewhere = Origin(jupyter.base.rstrip("/")), Origin("https://elsewhere.example")
    with connect(address, additional_headers=header, origin=same) as own:
        assert own.recv(20, decode=False).startswith(b"RFB 003.")
    # Jupyter accepts the handshake of whoever has its token before it asks the desktop.
    with (
        connect(address, additional_headers=header, origin=elsewhere) as other,
        pytest.raises(ConnectionClosed),
    ):
        other.recv(20)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_the_desktop_ends_with_its_jupyter_and_no_other(
    lab: Callable[..., Lab], number: signal.Signals
) -> None:
    one, other = lab("xterm"), lab("xterm")
    ended, kept = one.pids(), other.pids()
    assert set(ended).isdisjoint(kept)
    one.program.process.send_signal(number)
    one.program.process.wait(30)
    until(lambda: not any(map(alive, ended)), 20, "the end of the desktop")
    assert other.pids() == kept

"""The desktop as single-user server of a real JupyterHub, without Jupyter."""

from __future__ import annotations

import secrets
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests import http
from tests.chromium import pixels, save
from tests.container.engine import Docker
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

ADMIN = "head-of-lab"
RECIPES = ROOT / "container" / "jupyter"
CONFIG = """
load_subconfig({recipe!r})
c.JupyterHub.bind_url = {url!r}
c.JupyterHub.hub_bind_url = {hub_url!r}
c.ConfigurableHTTPProxy.command = ["setpriv", "--pdeathsig=TERM", "configurable-http-proxy"]
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{proxy_port}"
c.JupyterHub.authenticator_class = "dummy"
c.JupyterHub.last_activity_interval = 1
c.DummyAuthenticator.password = {password!r}
c.Authenticator.admin_users = {{{admin!r}}}
c.JupyterHub.services.append({{"name": "test", "api_token": {token!r}}})
c.JupyterHub.load_roles.append({{
    "name": "test",
    "services": ["test"],
    "scopes": ["admin:users", "admin:servers", "tokens", "read:users:activity"],
}})
culler = c.JupyterHub.services[0]["command"]
culler[3:] = ["--timeout={cull_after}", "--cull-every=1"]
"""
LOCAL = """
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = {home!r}
c.Spawner.args = ["--app", {app!r}]
c.Spawner.environment = {{"JUPYTERHUB_ACTIVITY_INTERVAL": "1", "XDG_RUNTIME_DIR": {runtime!r}}}
"""
DOCKER = """
c.DockerSpawner.image = {image!r}
c.DockerSpawner.prefix = {prefix!r}
c.DockerSpawner.volumes = {{"{prefix}-{{username}}": "/data"}}
c.Spawner.start_timeout = 120

def choose_application(spawner):
    if spawner.user.name == "bob":
        spawner.environment = {{"DESKTOPD_APP": "xterm"}}

c.Spawner.pre_spawn_hook = choose_application
"""


class Hub:
    """A JupyterHub by a recipe of container/, whose users need no account on this machine.

    `more` is configuration that follows the recipe; `address` is where servers find the hub.
    """

    def __init__(
        self,
        run: Run,
        folder: Path,
        more: str,
        *,
        recipe: str = "jupyterhub_config.py",
        address: str = "127.0.0.1",
        cull_after: int = 3600,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.folder = folder
        self.password = secrets.token_urlsafe(16)
        self.token = secrets.token_hex(32)
        ports: set[int] = set()
        while len(ports) < 3:
            ports.add(free_port())
        port, hub_port, proxy_port = ports
        self.url = f"http://127.0.0.1:{port}"
        self.hub_url = f"http://{address}:{hub_port}"
        common = CONFIG.format(
            recipe=str(RECIPES / recipe),
            url=self.url,
            hub_url=self.hub_url,
            proxy_port=proxy_port,
            password=self.password,
            admin=ADMIN,
            token=self.token,
            cull_after=cull_after,
        )
        config = folder / "config_of_test.py"
        config.write_text(common + more)
        variables = clean_environment(folder, **(environment or {}))
        proxy = shutil.which("configurable-http-proxy", path=variables["PATH"])
        assert proxy, "configurable-http-proxy is missing: npm install -g configurable-http-proxy"
        self.program = run([str(SCRIPTS / "jupyterhub"), f"--config={config}"], variables)
        self.program.until(self._answers, 60, "JupyterHub")

    def _answers(self) -> bool:
        # Asked before it has a route to the hub, the proxy fills the log with errors.
        try:
            return http.get(f"{self.hub_url}/hub/health").is_success and (
                http.get(f"{self.url}/hub/health").is_success
            )
        except httpx.TransportError:
            return False

    def api(self, method: str, path: str, **options: Any) -> Any:
        headers = {"Authorization": f"token {self.token}"}
        response = http.request(
            method, f"{self.url}/hub/api/{path}", headers=headers, timeout=30, **options
        )
        assert response.is_success, f"{response.text}\n{self.program.tail()}"
        return response.json() if response.content else None

    def server(self, user: str) -> dict[str, Any] | None:
        """What the hub says of a user's server; None when there is none."""
        found = self.api("GET", f"users/{user}")["servers"].get("")
        return found if found is None else dict(found)

    def last_activity(self, user: str) -> float:
        """Seconds since 1970."""
        server = self.server(user)
        assert server, self.program.tail()
        moment = datetime.fromisoformat(server["last_activity"])
        return moment.replace(tzinfo=moment.tzinfo or UTC).timestamp()

    def token_of(self, user: str) -> str:
        """A token as users make it on the hub's token page."""
        return str(self.api("POST", f"users/{user}/tokens", json={"note": "test"})["token"])

    def start(self, user: str) -> None:
        """Start a user's server, and wait until its application can be used."""
        self.api("POST", f"users/{user}/server")
        self.until_ready(user)

    def until_ready(self, user: str) -> None:
        def ready() -> bool:
            return http.get(f"{self.url}/user/{user}/readyz", timeout=20).status_code == 200

        self.program.until(ready, 60, f"the desktop of {user}")

    def session(self, user: str, token: str) -> httpx.Response:
        """The session of a user's desktop, asked for with somebody's token."""
        return http.get(
            f"{self.url}/user/{user}/api/session",
            headers={"Authorization": f"Bearer {token}"},
            timeout=20,
        )

    def pids(self, user: str) -> list[int]:
        response = self.session(user, self.token_of(user))
        assert response.status_code == 200, f"{response.text}\n{self.program.tail()}"
        return [service["pid"] for service in response.json()["services"]]

    def log_in(self, context: BrowserContext, user: str) -> Page:
        """A page in which the hub starts the user's server, and goes there by itself."""
        page = context.new_page()
        page.goto(f"{self.url}/hub/login")
        page.fill("#username_input", user)
        page.fill("#password_input", self.password)
        page.click("#login_submit")
        page.wait_for_url(f"{self.url}/user/{user}/", timeout=120_000)
        return page


@pytest.fixture
def hub(run: Run, folder: Path) -> Callable[..., Hub]:
    def start(app: str = "xterm", **options: Any) -> Hub:
        local = LOCAL.format(app=app, home=str(folder / "{username}"), runtime=str(folder))
        return Hub(run, folder, local, **options)

    return start


@pytest.fixture
def docker_hub(run: Run, folder: Path, docker: Docker, image: str) -> Iterator[Hub]:
    """One that spawns containers of the image; they and their volumes end with the test."""
    prefix = f"desktopd-test-{secrets.token_hex(3)}"
    gateway = "{{(index .IPAM.Config 0).Gateway}}"
    yield Hub(
        run,
        folder,
        DOCKER.format(image=image, prefix=prefix),
        recipe="jupyterhub_docker.py",
        address=docker("network", "inspect", "bridge", "--format", gateway),
        environment={k: v for k, v in docker.environment.items() if k.startswith("DOCKER_")},
    )
    mine = f"--filter=name={prefix}"
    if containers := docker("ps", "--all", "--quiet", mine).split():
        docker("rm", "--force", *containers)
    if volumes := docker("volume", "ls", "--quiet", mine).split():
        docker("volume", "rm", *volumes)


def frames(context: BrowserContext, address: str) -> int:
    """The status with which a browser's page gets `address`."""
    return context.request.get(address, headers={"Accept": "text/html"}).status


def test_each_user_reaches_his_own_desktop_and_no_other(
    hub: Callable[..., Hub], chromium: Browser
) -> None:
    ours = hub()
    contexts = {user: chromium.new_context() for user in ("ada", "bob", ADMIN)}
    pages = {user: ours.log_in(context, user) for user, context in contexts.items()}
    for user in ("ada", "bob"):
        shows_desktop(pages[user])
        proof = ours.folder / user / "proof"
        pages[user].locator("canvas").click()
        pages[user].keyboard.type("echo $HOME >proof\n")
        until(proof.is_file, 20, "the file that the typed command makes")
        until(proof.read_text, 5, "what it says")
        assert proof.read_text() == f"{ours.folder / user}\n"
    save(pixels(pages["ada"].screenshot()), "jupyterhub")
    assert set(ours.pids("ada")).isdisjoint(ours.pids("bob"))

    for user, other in (("ada", "bob"), ("bob", "ada")):
        assert frames(contexts[user], f"{ours.url}/user/{user}/api/session") == 200
        assert frames(contexts[user], f"{ours.url}/user/{other}/") == 403
        assert frames(contexts[user], f"{ours.url}/user/{other}/api/screenshot") == 403
    pages[ADMIN].goto(f"{ours.url}/user/ada/")
    pages[ADMIN].click("input[type=submit], button[type=submit]")
    pages[ADMIN].wait_for_url(f"{ours.url}/user/ada/")
    shows_desktop(pages[ADMIN])
    for context in contexts.values():
        context.close()


def test_napari_comes_after_the_login(hub: Callable[..., Hub], context: BrowserContext) -> None:
    page = hub(app="napari").log_in(context, "ada")
    shows_desktop(page)
    save(napari_picture(page), "jupyterhub-napari")


def test_the_hubs_tokens_are_taken_by_their_rights(hub: Callable[..., Hub]) -> None:
    ours = hub()
    for user in ("ada", "bob"):
        ours.api("POST", f"users/{user}")
    ours.start("ada")
    tokens = {user: ours.token_of(user) for user in ("ada", "bob", ADMIN)}
    statuses = {user: ours.session("ada", token).status_code for user, token in tokens.items()}
    assert statuses == {"ada": 200, "bob": 403, ADMIN: 200}
    assert ours.session("ada", "0" * 32).status_code == 401
    assert ours.session("ada", ours.token).status_code == 403, "a service without access:servers"

    address = f"{ours.url.replace('http', 'ws')}/user/ada/websockify"
    for token in (None, tokens["bob"]):
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        with pytest.raises(InvalidStatus, match="403"):
            connect(address, additional_headers=headers)
    with connect(address, additional_headers={"Authorization": f"Bearer {tokens['ada']}"}) as own:
        assert own.recv(20, decode=False).startswith(b"RFB 003.")


def test_a_logout_at_the_hub_closes_the_desktop_too(
    hub: Callable[..., Hub], context: BrowserContext
) -> None:
    ours = hub()
    page = ours.log_in(context, "ada")
    address = f"{ours.url}/user/ada/api/session"
    assert context.request.get(address).status == 200
    [cookie] = [c for c in context.cookies() if c["name"] == "jupyterhub-user-ada"]
    assert (cookie["path"], cookie["httpOnly"]) == ("/user/ada/", True)
    page.goto(f"{ours.url}/hub/logout")
    assert context.request.get(address).status == 401


def test_an_open_tab_is_no_activity_and_the_culler_ends_the_desktop(
    hub: Callable[..., Hub], context: BrowserContext
) -> None:
    ours = hub(cull_after=15)
    page = ours.log_in(context, "ada")
    shows_desktop(page)
    pids = ours.pids("ada")
    page.locator("canvas").click()
    page.keyboard.type("while :; do date; sleep 0.2; done")
    typed = time.time()
    page.keyboard.press("Enter")
    until(lambda: ours.last_activity("ada") >= typed, 10, "the report of what was typed")
    assert ours.last_activity("ada") - typed < 2

    later = time.time() + 6
    until(lambda: time.time() > later, 10, "six seconds of pictures without input")
    assert page.locator("html").get_attribute("data-link") == "connected"
    assert ours.last_activity("ada") - typed < 2
    ours.program.until(lambda: ours.server("ada") is None, 40, "the end by the culler")
    until(lambda: not any(map(alive, pids)), 20, "the end of the desktop's processes")
    assert time.time() - typed >= 15


ASK = """
import sys, urllib.error, urllib.request
address, *token = sys.argv[1:]
headers = {"Authorization": f"Bearer {token[0]}"} if token else {}
try:
    print(urllib.request.urlopen(urllib.request.Request(address, headers=headers)).status)
except urllib.error.HTTPError as error:
    print(error.code)
"""


@pytest.mark.timeout(1800)
def test_each_user_has_a_container_of_the_image_that_no_other_reaches(
    docker_hub: Hub, docker: Docker, chromium: Browser
) -> None:
    contexts = {user: chromium.new_context() for user in ("ada", "bob")}
    pages = {user: docker_hub.log_in(context, user) for user, context in contexts.items()}
    for page in pages.values():
        shows_desktop(page)
    save(napari_picture(pages["ada"]), "jupyterhub-docker")
    for user, other in (("ada", "bob"), ("bob", "ada")):
        assert frames(contexts[user], f"{docker_hub.url}/user/{user}/api/session") == 200
        assert frames(contexts[user], f"{docker_hub.url}/user/{other}/") == 403

    names = docker("ps", "--format={{.Names}}").split()
    [ada], [bob] = ([n for n in names if n.endswith(f"-{u}")] for u in ("ada", "bob"))
    place = docker("inspect", ada, "--format={{.NetworkSettings.Networks.bridge.IPAddress}}")
    address = f"http://{place}:8888/user/ada/api/session"
    token = docker("exec", bob, "printenv", "JUPYTERHUB_API_TOKEN")
    assert docker("exec", bob, "python", "-c", ASK, address) == "401"
    assert docker("exec", bob, "python", "-c", ASK, address, token) == "403"
    for context in contexts.values():
        context.close()

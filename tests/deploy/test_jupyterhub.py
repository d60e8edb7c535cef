"""The desktop as single-user server of a real JupyterHub, without Jupyter."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.chromium import pixels, save
from tests.container.engine import Docker
from tests.daemon import until
from tests.deploy.conftest import Run, alive, napari_picture, shows_desktop
from tests.deploy.hub import ADMIN, Hub

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
        until(proof.read_text, 30, "what it says")
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
    until(lambda: ours.last_activity("ada") >= typed, 30, "the report of what was typed")
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

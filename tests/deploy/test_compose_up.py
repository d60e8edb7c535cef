"""container/compose run by a real Compose: napari on the picture, and data that stays."""

from __future__ import annotations

import re
import secrets
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext

from tests import http
from tests.chromium import save
from tests.container.engine import DEBIAN, Docker
from tests.daemon import ROOT, until
from tests.deploy.conftest import napari_picture, shows_desktop
from tests.deploy.front import recipe
from tests.deploy.test_compose import compose
from tests.documents import commands

# The first test builds the image.
pytestmark = pytest.mark.timeout(1800)

FULL_SIZE = "html[data-size='1280x720']"
NGINX = "desktopd-nginx:test"
NGINX_DOCKERFILE = f"""\
FROM {DEBIAN.image}
RUN apt-get update -qq && apt-get install -qq --no-install-recommends nginx-light
RUN rm /etc/nginx/sites-enabled/default
CMD ["nginx", "-g", "daemon off;"]
"""


class Project:
    """A file of container/compose on its way through ``up`` and ``down``."""

    def __init__(self, docker: Docker, file: Path, variables: dict[str, str]) -> None:
        self._command = [*compose(), "--file", str(file)]
        self.name = f"ddtest{secrets.token_hex(3)}"
        self._command += ["--project-name", self.name]
        self._environment = {**docker.environment, **variables}

    def __call__(self, *arguments: str, **variables: str) -> str:
        """Run ``docker compose ARGUMENTS``; returns what it printed."""
        run = [*self._command, *arguments]
        environment = {**self._environment, **variables}
        done = subprocess.run(run, env=environment, capture_output=True, text=True, timeout=180)
        assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"
        return done.stdout

    def address(self, service: str, port: int) -> str:
        """Where a port of a service is published."""
        return f"http://{self('port', service, str(port)).strip()}"

    def token(self, service: str) -> str:
        """The token in the address that a desktop prints."""

        def printed() -> str:
            found = re.findall(r"\?token=(\S+)", self("logs", service))
            return found[-1] if found else ""

        return until(printed, 30, "an address in the logs")

    def inside(self, service: str, script: str) -> str:
        """What a shell script prints in a service's container."""
        return self("exec", "-T", service, "sh", "-c", script)


Up = Callable[..., Project]


@pytest.fixture
def project(docker: Docker, image: str, folder: Path) -> Iterator[Up]:
    """Make projects of changed copies of the files; each is gone after the test."""
    made: list[Project] = []

    def make(name: str, changes: dict[str, str], **variables: str) -> Project:
        copy = folder / Path(name).name
        common = {"image: desktopd\n": f"image: {image}\n", "context: ../..": f"context: {ROOT}"}
        copy.write_text(recipe(name, {**common, **changes}))
        made.append(Project(docker, copy, variables))
        return made[-1]

    yield make
    for one in made:
        one("down", "--volumes", "--timeout", "5")


ANY_PORT = {'"127.0.0.1:8888:8888"': '"127.0.0.1::8888"'}
OWNERS = 'touch /data/file "$HOME/file" && stat -c "%u:%g" /data/file "$HOME/file"'


def test_one_desktop_shows_napari_and_keeps_its_data(project: Up, context: BrowserContext) -> None:
    desktop = project("compose/desktop.yaml", ANY_PORT)
    desktop("up", "--detach", "--no-build")
    page = context.new_page()
    page.goto(f"{desktop.address('desktop', 8888)}/?token={desktop.token('desktop')}")
    shows_desktop(page)
    page.locator(FULL_SIZE).wait_for(state="attached")
    save(napari_picture(page), "compose")
    assert desktop.inside("desktop", OWNERS).split() == ["1000:0", "1000:0"]
    desktop.inside("desktop", "echo kept > /data/proof")
    desktop("down")
    desktop("up", "--detach", "--no-build")
    assert desktop.inside("desktop", "cat /data/proof") == "kept\n"


def test_a_backup_brings_the_files_back(
    project: Up, docker: Docker, image: str, folder: Path
) -> None:
    back_up, bring_back = [c for c in commands("docs/deploy.md") if "compose_data" in c]
    desktop = project("compose/desktop.yaml", ANY_PORT)

    def shell(command: str) -> None:
        command = command.replace("compose_data", f"{desktop.name}_data")
        command = command.replace(" desktopd ", f" {image} ")
        run = ["bash", "-c", command]
        subprocess.run(run, cwd=folder, env=docker.environment, check=True, capture_output=True)

    desktop("up", "--detach", "--no-build")
    desktop.inside("desktop", "echo kept > /data/proof")
    shell(back_up)
    desktop("down", "--volumes")
    desktop("up", "--detach", "--no-build")
    shell(bring_back)
    assert desktop.inside("desktop", "cat /data/proof && touch /data/more") == "kept\n"


def test_the_volumes_belong_to_any_user_from_the_first_start(project: Up) -> None:
    desktop = project("compose/desktop.yaml", ANY_PORT, DESKTOP_USER="123456:0")
    desktop("up", "--detach", "--no-build")
    assert desktop.inside("desktop", OWNERS).split() == ["123456:0", "123456:0"]


def test_a_folder_of_the_user_serves_as_data(project: Up, folder: Path) -> None:
    data = folder / "images"
    data.mkdir()
    owner = 4321
    data.chmod(0o700)
    subprocess.run(["chown", f"{owner}:{owner}", str(data)], check=True)
    folder.chmod(0o755)
    settings = {"DATA": str(data), "DESKTOP_USER": f"{owner}:0"}
    desktop = project("compose/desktop.yaml", ANY_PORT, **settings)
    desktop("up", "--detach", "--no-build")
    desktop.inside("desktop", "touch /data/result")
    assert (data / "result").stat().st_uid == owner


def test_a_workshop_is_a_desktop_for_each_behind_one_address(
    project: Up, docker: Docker, folder: Path, context: BrowserContext
) -> None:
    (folder / "nginx").mkdir()
    (folder / "nginx/Dockerfile").write_text(NGINX_DOCKERFILE)
    build = ["build", "--network=host", f"--tag={NGINX}", "."]
    docker(*build, seconds=300, folder=folder / "nginx")
    front_file = str(ROOT / "container/compose/workshop.conf")
    workshop = project(
        "compose/workshop.yaml",
        {"./workshop.conf": front_file},
        NGINX_IMAGE=NGINX,
        ADDRESS="127.0.0.1:",
    )
    workshop("up", "--detach", "--no-build")
    front = workshop.address("front", 80)
    desks = workshop("config", "--services").split()
    tokens = {name.removeprefix("desk-"): workshop.token(name) for name in desks if name != "front"}
    assert len(tokens) == len(set(tokens.values())) == len(desks) - 1
    for name, token in tokens.items():
        page = context.new_page()
        page.goto(f"{front}/{name}/?token={token}")
        shows_desktop(page, within=180)
        page.locator(FULL_SIZE).wait_for(state="attached")
        save(napari_picture(page), f"workshop-{name}")
        page.close()
    workshop.inside("desk-ada", "echo kept > /data/proof")
    workshop("restart", "desk-grace")
    workshop("down")
    workshop("up", "--detach", "--no-build")
    front = workshop.address("front", 80)
    assert {name: workshop.token(f"desk-{name}") for name in tokens} == tokens
    assert workshop.inside("desk-ada", "cat /data/proof") == "kept\n"
    bearer = {"Authorization": f"Bearer {tokens['ada']}"}
    until(lambda: http.get(f"{front}/ada/healthz").status_code == 200, 60, "the desk of ada")
    assert http.get(f"{front}/ada/api/session", headers=bearer).status_code == 200
    assert http.get(f"{front}/grace/api/session", headers=bearer).status_code == 401

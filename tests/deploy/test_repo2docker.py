"""Binder and Renku: files that a repository or a project takes over as they are.

Neither service can run here. repo2docker, on which Binder builds, turns the files into a
Dockerfile; its steps are replayed as far as they are ours. Renku's session is a command.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import httpx
import pytest
from packaging.requirements import Requirement
from playwright.sync_api import BrowserContext

from tests import http
from tests.daemon import ROOT
from tests.deploy.conftest import SCRIPTS, Run, clean_environment, shows_desktop
from tests.deploy.front import free_port

FILES = ROOT / "container" / "jupyter"
TOKEN = "a-token-that-binder-makes"


@pytest.fixture(scope="module")
def dockerfile(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What repo2docker makes of a repository with the files and nothing else."""
    repository = tmp_path_factory.mktemp("repository")
    shutil.copytree(FILES / "binder", repository / "binder")
    command = [str(SCRIPTS / "jupyter-repo2docker"), "--no-build", "--debug", str(repository)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def test_repo2docker_installs_what_the_desktop_needs(dockerfile: str) -> None:
    script = (ROOT / "container" / "install").read_text()
    match = re.search(r"^packages=\(\n(.*?)^\)", script, re.DOTALL | re.MULTILINE)
    assert match
    lines = [line for line in match[1].splitlines() if not line.strip().startswith("#")]
    needed = {name for line in lines for name in line.split() if not name.startswith("python3")}
    steps = re.findall(r"apt-get install --yes --no-install-recommends ([^&]+)", dockerfile)
    assert set(steps[-1].replace("\\", " ").split()) == needed
    assert '/bin/pip install --no-cache-dir -r "binder/requirements.txt"' in dockerfile
    assert re.search(r"environment\S+3-2e12", dockerfile), "the Python of runtime.txt"


def test_the_requirements_are_extras_of_ours() -> None:
    [line] = (FILES / "binder" / "requirements.txt").read_text().split()
    wanted = Requirement(line)
    with (ROOT / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)["project"]
    assert wanted.name == project["name"]
    assert {"fast", "jupyter", "napari"} == wanted.extras <= project["optional-dependencies"].keys()


def test_the_address_of_binder_opens_the_desktop(
    run: Run, folder: Path, context: BrowserContext
) -> None:
    port = free_port()
    base = f"http://127.0.0.1:{port}/user/repo-x1y2z3/"
    program = run(
        [
            *(sys.executable, "-m", "jupyter", "server", "--ip=127.0.0.1", f"--port={port}"),
            *("--no-browser", "--allow-root", "--ServerApp.port_retries=0"),
            *("--ServerApp.base_url=/user/repo-x1y2z3/", f"--IdentityProvider.token={TOKEN}"),
        ],
        clean_environment(folder, DESKTOPD_APP="xterm", TMPDIR=str(folder)),
    )

    def answers() -> bool:
        try:
            return http.get(f"{base}api").is_success
        except httpx.TransportError:
            return False

    program.until(answers, 60, "Jupyter")
    page = context.new_page()
    # BinderHub sends its user to the server's address, with urlpath and the token behind it.
    page.goto(f"{base}desktop?token={TOKEN}")
    shows_desktop(page)
    assert page.url.startswith(f"{base}desktop/")


def test_renku_starts_the_image_below_its_path(run: Run, folder: Path) -> None:
    session = json.loads((FILES / "renku.json").read_text())
    dockerfile = (ROOT / "container" / "Dockerfile").read_text()
    assert f"WORKDIR {session['mount_directory']}" in dockerfile
    assert f"--uid {session['uid']} " in dockerfile
    assert 0 < session["gid"] <= 65535, "Renku starts nothing as group 0"
    serve = "/opt/desktopd/container/serve"
    assert f'ENTRYPOINT ["python", "{serve}"]' in dockerfile
    [script] = session["args"]
    assert serve in script
    port = free_port()
    path = "/sessions/ada-1a2b3c"
    argv = [*session["command"], script.replace(serve, str(ROOT / "container" / "serve"))]
    program = run(
        argv,
        clean_environment(
            folder,
            DESKTOPD_APP="xterm",
            RENKU_BASE_URL=f"http://127.0.0.1:{port}{path}",
            RENKU_SESSION_IP="127.0.0.1",
            RENKU_SESSION_PORT=str(port),
            RENKU_BASE_URL_PATH=path,
        ),
    )
    url = f"http://127.0.0.1:{port}{path}"

    def ready() -> bool:
        try:
            return http.get(f"{url}/readyz").is_success
        except httpx.TransportError:
            return False

    program.until(ready, 60, "the desktop")
    assert http.get(f"{url}/api/session").json()["role"] == "control"
    assert http.get(f"http://127.0.0.1:{port}/").status_code == 404

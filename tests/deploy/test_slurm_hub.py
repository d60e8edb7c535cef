"""container/jupyter/jupyterhub_slurm.py: a real hub whose desktops are jobs of a real Slurm."""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext

from tests import http
from tests.chromium import pixels, save
from tests.daemon import until
from tests.deploy.conftest import SCRIPTS, Run, alive, shows_desktop
from tests.deploy.hub import Hub
from tests.deploy.slurm_cluster import Cluster

# What nodes that are this machine, and users without sudo, take otherwise.
HERE = """
c.SlurmSpawner.exec_prefix = ""
c.SlurmSpawner.state_exechost_exp = "127.0.0.1"
script = c.SlurmSpawner.batch_script
c.SlurmSpawner.batch_script = script.replace("{{{{homedir}}}}", {home!r})
c.Spawner.args = ["--host=127.0.0.1"]
c.Spawner.environment = {environment!r}
"""
# Its jobs run as a user of the machine.
USER = getpass.getuser()
pytestmark = pytest.mark.timeout(200)


@pytest.fixture
def hub(run: Run, folder: Path, slurm: Cluster) -> Iterator[Hub]:
    environment = {"SLURM_CONF": str(slurm.configuration), "PATH": f"{SCRIPTS}:/usr/bin:/bin"}
    if "PYTHONPATH" in os.environ:
        environment["PYTHONPATH"] = os.environ["PYTHONPATH"]
    yield Hub(
        run,
        folder,
        HERE.format(home=str(folder), environment=environment),
        recipe="jupyterhub_slurm.py",
        environment={"SLURM_CONF": environment["SLURM_CONF"]},
    )
    slurm.free()


def test_desktops_have_what_the_form_asks_for_and_culling_ends_their_jobs(
    hub: Hub, slurm: Cluster, context: BrowserContext, run: Run
) -> None:
    page = context.new_page()
    page.goto(f"{hub.url}/hub/login")
    page.fill("#username_input", USER)
    page.fill("#password_input", hub.password)
    page.click("#login_submit")
    page.select_option("[name=application]", "xterm")
    for name, value in {"cores": 2, "memory": 1, "gpus": 1, "hours": 3}.items():
        page.fill(f"[name={name}]", str(value))
    save(pixels(page.screenshot()), "hub-form")
    page.click("[type=submit]")

    refuses_what_cannot_be(hub)
    second = {"application": "xterm", "cores": 1, "memory": 1, "hours": 1}
    hub.api("POST", f"users/{USER}/servers/default", json=second)
    page.wait_for_url(f"{hub.url}/user/{USER}/", timeout=90_000)
    shows_desktop(page)
    token = hub.token_of(USER)
    headers = {"Authorization": f"Bearer {token}"}

    def session(name: str) -> dict[str, object]:
        answer = http.get(f"{hub.url}/user/{USER}/{name}api/session", headers=headers, timeout=20)
        return dict(answer.json()) if answer.status_code == 200 else {}

    until(lambda: session("default/").get("stage") == "ready", 60, "the second desktop")
    first, other = session(""), session("default/")
    assert first["display"] != other["display"]
    assert 2.9 * 3600 < float(str(first["ends_in"])) <= 3 * 3600

    jobs = {job: slurm.job(job) for job in slurm.jobs()}
    asked = sorted(
        tuple(part in told for part in ("NumCPUs=2", "TimeLimit=03:00:00", "gres:gpu:1"))
        for told in jobs.values()
    )
    assert asked == [(False, False, False), (True, True, True)], jobs
    assert all("MinMemoryNode=1G" in told and token not in told for told in jobs.values())
    scripts = (slurm.run("scontrol", "write", "batch_script", job, "-") for job in jobs)
    kept = {line for text in scripts for line in text.split("\n") if "SESSION_DIR=" in line}
    assert len(kept) == 2, "napari's layers of each desktop have a folder of their own"

    services = [*first["services"], *other["services"]]  # type: ignore[misc]
    assert page.locator("html").get_attribute("data-link") == "connected"
    cull = [sys.executable, "-m", "jupyterhub_idle_culler", "--timeout=1", "--cull-every=1"]
    run([*cull, f"--url={hub.hub_url}/hub/api"], {"JUPYTERHUB_API_TOKEN": hub.token})
    hub.program.until(lambda: not slurm.jobs(), 60, "the end of both jobs")
    until(lambda: not any(alive(service["pid"]) for service in services), 20, "their processes")


def refuses_what_cannot_be(hub: Hub) -> None:
    """What a program asks of the hub's API passes the same limits as the form."""
    address = f"{hub.url}/hub/api/users/{USER}/servers/third"
    headers = {"Authorization": f"token {hub.token}"}
    for asked in ({"cores": "65"}, {"memory": "4; id"}, {"application": "id"}):
        answer = http.request("POST", address, headers=headers, json=asked, timeout=30)
        (name,) = asked
        assert f"{name}: expected" in answer.text

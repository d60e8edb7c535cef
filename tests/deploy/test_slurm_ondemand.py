"""container/ondemand: its files by Ruby, its jobs on a real Slurm, a browser by a real Apache."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from tests.chromium import pixels, save
from tests.daemon import ROOT, short_folder, until
from tests.deploy.apache import PASSWORD, USER, portal
from tests.deploy.conftest import clean_environment, shows_desktop
from tests.deploy.front import Program
from tests.deploy.slurm_cluster import Cluster

APP = ROOT / "container" / "ondemand"
ANSWERS = {
    "application": "xterm",
    "cores": "2",
    "memory": "1",
    "gpus": "1",
    "bc_num_hours": "3",
    "viewer": "desktopd",
}
Submit = Callable[..., "Card"]
pytestmark = pytest.mark.timeout(200)


def ondemand(*arguments: str) -> str:
    """What OnDemand makes of the app."""
    command = ["ruby", str(Path(__file__).with_name("ondemand.rb")), arguments[0], str(APP)]
    done = subprocess.run([*command, *arguments[1:]], capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr
    return done.stdout


class Card:
    """A session, as its user sees it: the folder of its job, and what he is shown."""

    def __init__(self, slurm: Cluster, folder: Path, job: str) -> None:
        self.slurm, self.folder, self.job = slurm, folder, job

    def connection(self) -> dict[str, str]:
        """How the job is reached, once it says so."""
        told = self.folder / "connection.yml"

        def is_there() -> bool:
            assert self.slurm.jobs(), (self.folder / "output.log").read_text()
            return told.exists() and told.read_text().count("\n") >= 5

        until(is_there, 90, "the session's start")
        return dict(line.split(": ", 1) for line in told.read_text().splitlines() if ": " in line)

    def html(self) -> str:
        self.connection()
        return ondemand("card", str(self.folder / "connection.yml"))


@pytest.fixture(scope="module")
def front() -> Iterator[Program]:
    with short_folder() as folder:
        running = portal(folder)
        yield running
        running.stop()


@pytest.fixture
def submit(slurm: Cluster, folder: Path) -> Iterator[Submit]:
    """Have the app submit a job, with `proxy` of its before.sh; the cluster is free afterwards."""
    data = folder / "ada's data"
    data.mkdir()

    def start(proxy: str = "node", **answers: str) -> Card:
        place = folder / f"session-{proxy}-{answers.get('viewer', '')}"
        place.mkdir()
        given = {**ANSWERS, "data_folder": str(data), **answers}
        asked = stage(place, **given)
        before = place / "before.sh"
        before.write_text(before.read_text().replace("proxy=node", f"proxy={proxy}"))
        environment = clean_environment(
            folder,
            SLURM_CONF=str(slurm.configuration),
            SHELL="/bin/sh",
            TEST_HOST="127.0.0.1",
            DESKTOPD_HOST="127.0.0.1",
            DESKTOPD_TRUSTED_PROXIES="127.0.0.1",
            **({"PYTHONPATH": os.environ["PYTHONPATH"]} if "PYTHONPATH" in os.environ else {}),
        )
        command = ["sbatch", "--parsable", *as_sbatch(asked, place, given), str(place / "job.sh")]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30)
        assert done.returncode == 0, done.stderr
        return Card(slurm, place, done.stdout.strip())

    yield start
    slurm.free()


def as_sbatch(asked: dict[str, Any], place: Path, answers: dict[str, str]) -> list[str]:
    """The options that OnDemand's adapter for Slurm makes of what an app asks for."""
    options = [f"--chdir={place}", f"--output={place}/output.log", *asked["native"]]
    options.append(f"--time={int(answers['bc_num_hours']) * 60}")
    if "gpus_per_node" in asked:
        options.append(f"--gpus-per-node={asked['gpus_per_node']}")
    return options


@pytest.fixture
def visitor(chromium: Browser, front: Program) -> Iterator[BrowserContext]:
    login = {"username": USER, "password": PASSWORD}
    context = chromium.new_context(http_credentials=login)
    yield context
    context.close()


def test_the_form_asks_for_what_the_app_uses() -> None:
    form = json.loads(ondemand("form"))
    asked = set(form["form"])
    assert asked == set(form["attributes"]) == {*ANSWERS, "data_folder"}
    used = {
        name
        for file in [APP / "submit.yml.erb", *(APP / "template").iterdir()]
        for name in re.findall(r"(?:context\.)?\b([a-z_]+)", " ".join(erb(file)))
    }
    assert asked - {"bc_num_hours"} <= used
    values = [value for _, value in form["attributes"]["application"]["options"]]
    assert values[0] == "napari"


@pytest.mark.parametrize("name", ['d\'a "q" $(id) `id` ;', "dätä 数据", "a\nb", "-x", "\\back"])
def test_odd_answers_reach_the_desktop_as_they_are(name: str, folder: Path) -> None:
    data, place = folder / name, folder / "session"
    for made in (data, place):
        made.mkdir()
    asked = stage(place, application=name, data_folder=str(data), cores="", memory="")
    assert {"--cpus-per-task=1", "--mem=1G"} <= set(asked["native"])
    assert arguments_of_desktop(place) == [str(data), "--app", name]


@pytest.mark.parametrize(("name", "found"), [("", None), ("-x", []), ("~/x", [])])
def test_a_data_folder_that_is_none(name: str, found: list[str] | None, folder: Path) -> None:
    stage(folder, data_folder=name)
    expected = [str(folder), "--app", "xterm"] if found is None else found
    assert arguments_of_desktop(folder) == expected


def stage(place: Path, **answers: str) -> dict[str, Any]:
    """The options of the job whose files are put into `place`."""
    return dict(json.loads(ondemand("stage", str(place), json.dumps({**ANSWERS, **answers}))))


def arguments_of_desktop(place: Path) -> list[str]:
    """The folder in which the job's script starts the desktop, and its first two arguments."""
    program = place / "bin" / "desktopd"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\nprintf "%s\\0" "$PWD" "$3" "$4" >"$told"\n')
    program.chmod(0o755)
    told = place / "told"
    environment = {"PATH": f"{program.parent}:/usr/bin:/bin", "HOME": str(place), "told": str(told)}
    environment |= {"folder": "/run", "SLURM_JOB_END_TIME": "none"}
    script = (place / "script.sh").read_text()
    subprocess.run(["bash", "-c", script], env=environment, capture_output=True, check=False)
    return told.read_text().split("\0")[:-1] if told.exists() else []


def erb(file: Path) -> list[str]:
    """The Ruby of a file."""
    return re.findall(r"<%[=-]?(.*?)-?%>", file.read_text(), re.S)


def test_a_session_has_what_was_asked_for_and_its_card_opens_it(
    submit: Submit, front: Program, visitor: BrowserContext, folder: Path
) -> None:
    cards = {proxy: submit(proxy) for proxy in ("node", "rnode")}
    for proxy, card in cards.items():
        token = card.connection()["password"]
        job = card.slurm.job(card.job)
        for told in ("NumCPUs=2", "MinMemoryNode=1G", "TimeLimit=03:00:00", "gres:gpu:1"):
            assert told in job, job
        assert token not in job
        base = f"/{proxy}/127.0.0.1/{card.connection()['port']}"
        opens(card, front, visitor, base, folder)
        (cookie,) = (cookie for cookie in visitor.cookies() if cookie["path"] == base)
        assert cookie["httpOnly"]
        for log in front.log.parent.glob("*.log"):
            assert token not in log.read_text()
    for card in cards.values():
        ends_cleanly(card)


def opens(card: Card, front: Program, visitor: BrowserContext, base: str, folder: Path) -> None:
    """Open a session by its card, and type into it."""
    (front.log.parent / "portal" / "card.html").write_text(card.html())
    page = visitor.new_page()
    page.goto(f"http://127.0.0.1:{front.port}/card.html")
    with visitor.expect_page() as opened:
        page.click("text=Open the desktop")
    desktop = opened.value
    shows_desktop(desktop)
    assert desktop.url == f"http://127.0.0.1:{front.port}{base}/"
    where = folder / "ada's data" / f"{card.job} where"
    desktop.locator("canvas").first.click()
    desktop.keyboard.type(f"pwd >'{where.name}'\n")
    until(lambda: where.exists() and where.read_text(), 20, "the file of the typed command")
    assert where.read_text() == f"{where.parent}\n"
    save(pixels(desktop.screenshot()), f"ondemand-{base.split('/')[1]}")
    told = desktop.request.get(f"{desktop.url}api/session")
    assert told.json()["ends_in"] > 2.9 * 3600


def ends_cleanly(card: Card) -> None:
    """The scheduler's word a minute before the end, as before a time limit or a preemption."""
    place = Path(f"/tmp/desktopd-{os.getuid()}/ondemand-{card.job}")
    assert place.is_dir()
    card.slurm.run("scancel", "--batch", "--signal=TERM", card.job)
    until(lambda: card.job not in card.slurm.jobs(), 30, "the end of the job")
    assert not place.exists()


def test_where_ondemands_novnc_has_to_do_a_password_of_vnc_opens_it(
    submit: Submit, front: Program
) -> None:
    card = submit(viewer="novnc")
    known = card.connection()
    link = re.search(r'href="(\S+)"', card.html())
    assert link
    assert f"path=rnode/127.0.0.1/{known['websocket']}/websockify#password=" in link[1]
    assert link[1].endswith(known["password"])
    address = f"ws://{USER}:{PASSWORD}@127.0.0.1:{front.port}/{known['path']}/websockify"
    with connect(address, subprotocols=[Subprotocol("binary")]) as socket:
        assert socket.recv(20, decode=False) == b"RFB 003.008\n"
        socket.send(b"RFB 003.008\n")
        kinds = socket.recv(20, decode=False)
        assert kinds == bytes([1, 2]), "VNC's password is the only way in"
    ends_cleanly(card)

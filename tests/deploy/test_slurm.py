"""A desktop in a job of a real Slurm, by a real sshd as its login node: all that a job can meet."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import replace

import pytest
from PIL import Image

from desktopd.ssh.slurm.scripts import SILENT
from tests.daemon import ROOT, until
from tests.deploy.conftest import clean_environment
from tests.deploy.slurm_cluster import Cluster
from tests.deploy.ssh_host import SMALL, Host, Opened, ssh_host
from tests.documents import commands

DOCUMENTED = [shlex.split(command) for command in commands("docs/cluster.md")]
# Each test follows jobs through several lives.
pytestmark = pytest.mark.timeout(300)
JOB = next(tuple(words[3:]) for words in DOCUMENTED if any("--gres" in word for word in words))
BY_HAND = next(words for words in DOCUMENTED if words[0] == "sbatch")
FILL = ("sbatch", "--parsable", "--chdir=/", "--output=/dev/null", "--exclusive")
SLEEP = "--wrap=sleep 600"


@pytest.fixture
def host(slurm: Cluster) -> Iterator[Host]:
    with ssh_host(SLURM_CONF=str(slurm.configuration)) as made:
        yield made
    slurm.free()


def in_job(opened: Opened) -> None:
    """Wait until the desktop is shown."""

    def addresses() -> list[str]:
        assert opened.process.poll() is None, opened.told()
        return opened.addresses()

    until(addresses, 90, "an address")
    until(opened.ready, 40, "a desktop")


def tell(opened: Opened, text: str) -> None:
    """Wait until the user is told something."""
    try:
        until(lambda: text in opened.told(), 60, text)
    except AssertionError as error:
        raise AssertionError(f"{error}\n{opened.told()}") from None


def test_a_job_is_submitted_reached_lost_found_again_and_ended(host: Host, slurm: Cluster) -> None:
    with host.opened(*JOB) as opened:
        in_job(opened)
        (job,) = slurm.jobs()
        processes = opened.pids()
        token = opened.addresses()[-1].partition("token=")[2]
        for told in (slurm.job(job), slurm.run("scontrol", "write", "batch_script", job, "-")):
            assert token not in told
        assert f"Job {job} runs on n" in opened.told()

        (connection,) = host.connections()
        os.kill(connection, signal.SIGKILL)
        tell(opened, "is lost")
        until(opened.session, 60, "the desktop at the same address")
        assert len(opened.addresses()) == 1, "the page that is open is still the right one"

        with host.opened(*JOB, log="second") as second:
            in_job(second)
            assert second.pids() == processes == opened.pids()
        assert slurm.jobs() == [job]
        assert "job goes on" in second.told()
        assert f"Job {job} is there already" in second.told()
        assert "there already" not in opened.told()

        assert f"Job {job} runs on n" in host.run("status").stdout
        assert host.run("stop").returncode == 0
        assert opened.process.wait(30) == 0
        assert "The desktop has ended" in opened.told()
    assert host.run("status").returncode == 3


def test_two_computers_at_the_same_moment_have_one_desktop(host: Host, slurm: Cluster) -> None:
    # As ~/.ssh/config may have it: a connection that all would share, and that may hang.
    shared = ("-o", "ControlMaster=auto", "-o", f"ControlPath={host.folder}/shared")
    with host.opened(*shared, *JOB) as first, host.opened(*shared, *JOB, log="second") as second:
        for opened in (first, second):
            in_job(opened)
        assert first.pids() == second.pids()
        assert len(slurm.jobs()) == 1
        assert not (host.folder / "shared").exists()
        assert host.run("stop").returncode == 0


def test_without_an_answer_of_slurm_nothing_is_said_of_a_job(host: Host, slurm: Cluster) -> None:
    with slurm.silent():
        for action in ("status", "stop"):
            done = host.run(action)
            assert done.returncode == SILENT
            assert "Slurm does not answer" in done.stderr


def test_a_job_that_waits_says_why_and_at_which_place(host: Host, slurm: Cluster) -> None:
    slurm.update("n3", "DRAIN")
    with host.opened("--slurm", "--nodelist=n3") as opened:
        tell(opened, "the nodes it needs are down, drained or reserved")
        slurm.run("scancel", *slurm.jobs())
        assert opened.process.wait(30) == 1
        assert "was cancelled (scancel)" in opened.told()
    for _ in range(3):
        slurm.run(*FILL, SLEEP)
    until(lambda: len(slurm.jobs("-t", "R")) == 3, 30, "a full cluster")
    slurm.run(*FILL, "--nice=-100", SLEEP)
    with host.opened(*JOB, log="queue") as opened:
        tell(opened, "waits in the queue, place 2")
        slurm.run("scancel", "--name=wrap")
        in_job(opened)


def test_what_slurm_refuses_is_told_in_its_words(host: Host, slurm: Cluster) -> None:
    done = host.run("--no-browser", "--slurm", "--tiem=4:00:00")
    assert done.returncode == 1
    assert "sbatch: " in done.stderr
    assert "Slurm has taken no job; why stands above" in done.stderr
    assert slurm.jobs() == []


def test_a_desktop_that_cannot_start_shows_its_log(host: Host) -> None:
    done = host.run("--no-browser", "--slurm", "--time=10", "--", *SMALL, "--rfb", "none")
    assert done.returncode == 1
    assert "--rfb='none'" in done.stderr
    assert "did not start or has failed" in done.stderr


def test_preemption_a_dead_node_and_the_time_limit(host: Host, slurm: Cluster) -> None:
    # Slurm looks twice a minute whose end is near, so this may come half a minute sooner or later.
    limited = replace(host, name=f"{host.name}-limited")
    soon = ("--slurm", "--nodelist=n2 --time=2 --signal=B:TERM@65")
    with limited.opened(*soon, log="limited") as ending:
        in_job(ending)
        assert 60 <= ending.session()["ends_in"] <= 120
        with host.opened("--slurm", "--exclusive --nodelist=n1 --requeue") as opened:
            in_job(opened)
            (job,) = slurm.jobs("--nodelist=n1")
            first = opened.pids()
            urgent = slurm.run(*FILL, "--partition=urgent", "--nodelist=n1", SLEEP).strip()
            until(lambda: opened.told().count("waits in the queue") > 1, 60, "the queue once more")
            slurm.run("scancel", urgent)
            until(opened.ready, 90, "the desktop of the same job")
            assert opened.pids() != first
            slurm.run("scontrol", "update", f"JobId={job}", "Requeue=0")
            slurm.update("n1", "DOWN")
            assert opened.process.wait(60) == 1
            assert "The node has failed" in opened.told()
            assert "layers come back" in opened.told()
        assert ending.process.wait(90) == 1
        assert "Its time limit has come" in ending.told()


def test_napari_by_hand_has_its_layers_in_the_next_job(host: Host, slurm: Cluster) -> None:
    home, place = host.home, {"SLURM_CONF": str(slurm.configuration)}
    (home / "container").symlink_to(ROOT / "container")
    if "PYTHONPATH" in os.environ:
        place["PYTHONPATH"] = os.environ["PYTHONPATH"]
    subprocess.run(BY_HAND, cwd=home, env=clean_environment(home, **place), check=True)
    own = replace(host, name="desktop")
    Image.new("L", (64, 64), 99).save(home / "cells.png")
    with own.running("--no-browser", "--slurm", "", log="napari") as opened:
        in_job(opened)
        assert opened.session()["app"]["name"] == "napari"
        opened.request("POST", "/api/app/open", json={"path": str(home / "cells.png")})
        until(lambda: opened.layers() == ["cells"], 60, "a layer")
        assert own.run("stop").returncode == 0
        assert opened.process.wait(30) == 0
    with own.running("--no-browser", *JOB, log="again") as opened:
        in_job(opened)
        until(lambda: opened.layers() == ["cells"], 60, "the layer once more")
        assert own.run("stop").returncode == 0

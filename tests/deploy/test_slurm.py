"""A desktop in a job of a real Slurm, by a real sshd as its login node: all that a job can meet."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from tests.daemon import until
from tests.deploy.slurm_cluster import Cluster, cluster
from tests.deploy.ssh_host import Host, Opened, ssh_host

JOB = ("--slurm", "--cpus-per-task=2 --time=4:00:00")


@pytest.fixture(scope="module")
def slurm() -> Iterator[Cluster]:
    with cluster() as made:
        yield made


@pytest.fixture
def host(slurm: Cluster) -> Iterator[Host]:
    with ssh_host(SLURM_CONF=str(slurm.configuration)) as made:
        yield made
    slurm.free()


def in_job(opened: Opened) -> None:
    def addresses() -> list[str]:
        assert opened.process.poll() is None, opened.told()
        return opened.addresses()

    until(addresses, 60, "an address")
    until(opened.ready, 40, "a desktop")


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
        until(lambda: "is lost" in opened.told(), 20, "a word")
        until(opened.session, 60, "the desktop at the same address")
        assert len(opened.addresses()) == 1, "the page that is open is still the right one"

        with host.opened(*JOB, log="second") as second:
            in_job(second)
            assert second.pids() == processes == opened.pids()
        assert slurm.jobs() == [job]
        assert "job goes on" in second.told()

        assert f"Job {job} runs on n" in host.run("status").stdout
        assert host.run("stop").returncode == 0
        assert opened.process.wait(30) == 0
        assert "The desktop has ended" in opened.told()
    assert host.run("status").returncode == 3

"""A cluster of four nodes on this machine: munged, slurmctld, slurmd of the distribution, as root.

Its nodes share a kernel, /tmp and loopback, as the jobs of one node do on a real one.
"""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.browser.course import free_port
from tests.daemon import short_folder, until
from tests.deploy.accounts import AS_ROOT, among_accounts, make_accounts, remove_accounts

NODES = ("n1", "n2", "n3", "n4")
_CONFIGURATION = """
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={port}
SlurmUser=root
SlurmdUser=root
AuthInfo=socket={folder}/munge/socket,cred_expire=5
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool/%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/%n.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
MpiDefault=none
SlurmdParameters=config_overrides
SchedulerParameters=batch_sched_delay=1,sched_interval=1,bf_interval=1,sched_min_interval=100000
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
KillWait=5
MaxJobCount=40
GresTypes=gpu
PartitionName=all Nodes=ALL Default=YES PriorityTier=1
PartitionName=urgent Nodes=ALL PriorityTier=9
"""


@dataclass
class Cluster:
    """A running cluster; its programs find it by SLURM_CONF."""

    folder: Path
    daemons: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def configuration(self) -> Path:
        return self.folder / "slurm.conf"

    def start(self, name: str, *argv: str) -> None:
        """Start a daemon of the cluster, which has the accounts of ada and bob."""
        command = [*among_accounts(self.folder), *argv]
        with (self.folder / f"{name}.log").open("ab") as log:
            self.daemons[name] = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def run(self, *argv: str) -> str:
        """What a command of Slurm prints, run as root; it has to succeed."""
        command = [*AS_ROOT, "env", f"SLURM_CONF={self.configuration}", *argv]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30)
        assert done.returncode == 0, f"{argv}: {done.stderr}\n{self.logs()}"
        return done.stdout

    def update(self, node: str, state: str) -> None:
        """Do with a node what an administrator does."""
        self.run("scontrol", "update", f"NodeName={node}", f"State={state}", "Reason=test")

    def is_idle(self) -> bool:
        """Whether all nodes are there, and have nothing to do."""
        done = subprocess.run(
            ["sinfo", "-h", "-N", "-p", "all", "-o", "%T"],
            env={**os.environ, "SLURM_CONF": str(self.configuration)},
            capture_output=True,
            text=True,
            timeout=30,
        )
        return done.stdout.split() == ["idle"] * len(NODES)

    def jobs(self, *options: str) -> list[str]:
        """The numbers of the jobs that wait or run."""
        return self.run("squeue", "-h", "-o", "%A", *options).split()

    def job(self, number: str) -> str:
        """What Slurm tells everybody of a job."""
        return self.run("scontrol", "-o", "show", "job", number)

    def logs(self) -> str:
        """The ends of all logs, for a failed test."""
        texts = (f"--- {p.name}\n{p.read_text()[-1500:]}" for p in self.folder.glob("*.log"))
        return "\n".join(texts)

    @contextmanager
    def silent(self) -> Iterator[None]:
        """Have the controller be away for as long as the block."""
        self._end("slurmctld")
        try:
            yield
        finally:
            self.start_controller()
            until(self.is_idle, 60, "the controller and an idle cluster")

    def start_controller(self) -> None:
        self.start("slurmctld", "slurmctld", "-D", "-f", str(self.configuration))

    def free(self) -> None:
        """End all jobs, and have every node idle."""
        if jobs := self.jobs():
            self.run("scancel", *jobs)
        for node in NODES:
            state = self.run("sinfo", "-h", "-p", "all", "-n", node, "-o", "%T")
            if "down" in state or "drain" in state:
                self.update(node, "RESUME")
        until(self.is_idle, 60, "an idle cluster")

    def stop(self) -> None:
        """End every daemon, the nodes' first."""
        for name in reversed(self.daemons):
            self._end(name)
        remove_accounts(self.folder)

    def _end(self, name: str) -> None:
        process = self.daemons[name]
        if AS_ROOT:
            subprocess.run([*AS_ROOT, "kill", str(process.pid)], check=False)
        else:
            process.terminate()
        process.wait(30)


@contextmanager
def cluster() -> Iterator[Cluster]:
    """A cluster whose nodes are idle; it ends with the block, with all jobs."""
    with short_folder() as folder:
        folder.chmod(0o711)
        made = Cluster(folder)
        _prepare(folder)
        try:
            _start(made)
            until(made.is_idle, 60, "a cluster")
            yield made
            made.free()
        except AssertionError as error:
            raise AssertionError(f"{error}\n{made.logs()}") from None
        finally:
            made.stop()


def _prepare(folder: Path) -> None:
    for name in ("munge", "state", "spool"):
        (folder / name).mkdir()
    (folder / "munge" / "key").write_bytes(os.urandom(128))
    (folder / "munge" / "key").chmod(0o600)
    host = socket.gethostname().partition(".")[0]
    nodes = (
        f"NodeName={node} NodeHostname={host} NodeAddr=127.0.0.1 Port={free_port()} "
        "CPUs=4 RealMemory=4000 Gres=gpu:1\n"
        for node in NODES
    )
    text = _CONFIGURATION.format(host=host, port=free_port(), folder=folder)
    (folder / "slurm.conf").write_text("".join(nodes) + text)
    (folder / "gres.conf").write_text("Name=gpu File=/dev/null\n")
    subprocess.run([*AS_ROOT, "chown", "-R", "0:0", str(folder / "munge")], check=True)
    make_accounts(folder)


def _start(made: Cluster) -> None:
    munge = made.folder / "munge"
    paths = {"socket": "socket", "key-file": "key", "log-file": "log", "pid-file": "pid"}
    options = [f"--{name}={munge / path}" for name, path in paths.items()]
    made.start("munged", "munged", "--foreground", "--force", f"--seed-file={munge}/seed", *options)
    until((munge / "socket").exists, 20, "munged")
    made.start_controller()
    for node in NODES:
        made.start(node, "slurmd", "-D", "-N", node, "-f", str(made.configuration))

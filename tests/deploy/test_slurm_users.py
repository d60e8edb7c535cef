"""Two ordinary users with a desktop each on one node of a real Slurm: what each can reach."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from desktopd.control.relay import ADDRESS
from tests.daemon import ROOT, until
from tests.deploy import neighbour
from tests.deploy.accounts import USERS, as_user, home
from tests.deploy.slurm_cluster import Cluster
from tests.deploy.ssh_host import SMALL

pytestmark = pytest.mark.timeout(200)
# The token comes on stdin: a command line would show it.
ASK = """
import sys, httpx
transport = httpx.HTTPTransport(uds=sys.argv[1])
headers = {"Authorization": "Bearer " + sys.stdin.read()}
print(httpx.Client(transport=transport).get("http://node/api/session", headers=headers).text)
"""


@dataclass(frozen=True)
class Desktop:
    """A job of one of the users."""

    slurm: Cluster
    user: str
    job: str

    @property
    def folder(self) -> Path:
        return Path(f"/tmp/desktopd-{USERS[self.user]}/job-{self.job}")

    def run(self, *argv: str, given: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command as the owner."""
        place = as_user(self.slurm.folder, self.user, SLURM_CONF=str(self.slurm.configuration))
        return subprocess.run(
            [*place, *argv], input=given, capture_output=True, text=True, timeout=100
        )

    def token(self) -> str:
        """The token, once the application has painted."""
        where = [f"--runtime-dir={self.folder}", f"--unix-socket={self.folder}/http.sock"]
        done = self.run("desktopd", "relay", *where)
        assert ADDRESS in done.stdout, f"{done}\n{self.log()}"
        return done.stdout.partition("token=")[2].strip()

    def log(self) -> str:
        return self.run("cat", f"log-{self.job}").stdout

    def session(self, token: str) -> dict[str, Any]:
        done = self.run(sys.executable, "-c", ASK, f"{self.folder}/http.sock", given=token)
        assert done.returncode == 0, done.stderr
        return dict(json.loads(done.stdout))

    def reaches(self, owner: Desktop, display: dict[str, str]) -> set[str]:
        """What this user can reach of a desktop, his own or another's."""
        log = home(self.slurm.folder, owner.user) / f"log-{owner.job}"
        program = [sys.executable, neighbour.__file__, str(USERS[owner.user]), str(owner.folder)]
        done = self.run(*program, display["name"], display["xauthority"], str(log), owner.job)
        assert done.returncode == 0, done.stderr
        return set(json.loads(done.stdout))


@pytest.fixture
def desktops(slurm: Cluster) -> Iterator[tuple[Desktop, Desktop]]:
    """A desktop of ada and one of bob, on the same node."""
    script = str(ROOT / "container" / "slurm" / "desktop.sh")
    options = ["--parsable", "--nodelist=n1", "--output=log-%j", "--time=10"]

    def submit(user: str) -> Desktop:
        done = Desktop(slurm, user, "").run("sbatch", *options, script, *SMALL)
        assert done.returncode == 0, done.stderr
        return Desktop(slurm, user, done.stdout.strip())

    yield submit("ada"), submit("bob")
    slurm.free()


def test_two_users_of_a_node_reach_nothing_of_each_other(
    desktops: tuple[Desktop, Desktop],
) -> None:
    ada, bob = desktops
    tokens = {one.user: one.token() for one in desktops}
    displays = {one.user: one.session(tokens[one.user])["display"] for one in desktops}
    assert displays["ada"]["name"] != displays["bob"]["name"]
    for owner, other in ((ada, bob), (bob, ada)):
        assert owner.reaches(owner, displays[owner.user]) == neighbour.KINDS
        assert other.reaches(owner, displays[owner.user]) == set()
        is_told_nothing(owner, other, tokens[owner.user])
        assert not listening(USERS[owner.user])
    assert ada.run("scancel", ada.job).returncode == 0
    until(lambda: not ada.folder.exists(), 30, "the end of the job's folder")
    assert bob.session(tokens["bob"])["stage"] == "ready"


def is_told_nothing(owner: Desktop, other: Desktop, token: str) -> None:
    """Slurm tells another user of a job, but neither its script nor a token, and ends it not."""
    for command in (f"scontrol -d show job {owner.job}", "ps -eww -o args", "squeue -o %all"):
        done = other.run(*command.split())
        assert done.returncode == 0, done
        assert owner.job in done.stdout
        assert token not in done.stdout
    # The status of this command is 0 in any case.
    assert other.run("scontrol", "write", "batch_script", owner.job, "-").stdout == ""
    assert other.run("scancel", owner.job).returncode != 0
    assert owner.job in owner.slurm.jobs("-t", "R")


def listening(uid: int) -> list[str]:
    """The TCP sockets on which a user's programs listen, on loopback too."""
    listens, found = "0A", []
    for table in ("tcp", "tcp6"):
        rows = [row.split() for row in Path("/proc/net", table).read_text().splitlines()[1:]]
        found += [row[1] for row in rows if row[3] == listens and row[7] == str(uid)]
    return found

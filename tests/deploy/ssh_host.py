"""A machine that is reached by ssh, and what ``desktopd ssh`` of a laptop tells of a desktop."""

from __future__ import annotations

import getpass
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests import http
from tests.browser.course import free_port
from tests.daemon import short_folder, until
from tests.deploy.conftest import clean_environment

SMALL = ["--app", "xterm", "--display", "xvfb", "--size", "640x480"]
SSHD = "/usr/sbin/sshd"


@dataclass
class Host:
    """A machine that is reached by ssh: this one, with a home of its own."""

    folder: Path
    home: Path
    options: list[str]
    sshd: subprocess.Popen[bytes]
    name: str

    def ssh(self, *arguments: str) -> list[str]:
        """The command of a laptop."""
        target = f"{getpass.getuser()}@127.0.0.1"
        command = [sys.executable, "-m", "desktopd", "ssh", target, "--name", self.name]
        return [*command, *self.options, *arguments]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = clean_environment(self.folder / "laptop")
        return subprocess.run(
            self.ssh(*arguments), env=environment, capture_output=True, text=True, timeout=100
        )

    def opened(self, *arguments: str, log: str = "told") -> AbstractContextManager[Opened]:
        """What the command for a small desktop tells, while it runs; `arguments` stand before."""
        return self.running(*arguments, "--no-browser", "--", *SMALL, log=log)

    @contextmanager
    def running(self, *arguments: str, log: str) -> Iterator[Opened]:
        path = self.folder / log
        with path.open("ab") as told:
            process = subprocess.Popen(
                # What runs in the background of a shell would pass on that it hears no Ctrl+C.
                ["env", "--default-signal=INT", *self.ssh(*arguments)],
                env=clean_environment(self.folder / "laptop"),
                stdin=subprocess.DEVNULL,
                stdout=told,
                stderr=told,
            )
        try:
            yield Opened(process, path)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)

    def connections(self) -> list[int]:
        """The pids of sshd's children, one for each connection."""
        found = Path(f"/proc/{self.sshd.pid}/task/{self.sshd.pid}/children").read_text()
        return [int(pid) for pid in found.split()]


@dataclass
class Opened:
    """A running ``desktopd ssh``."""

    process: subprocess.Popen[bytes]
    log: Path

    def told(self) -> str:
        return self.log.read_text()

    def addresses(self) -> list[str]:
        return re.findall(r"http://127\.0\.0\.1:\d+/\?token=\S+", self.told())

    def ready(self) -> bool:
        return self.session().get("stage") == "ready"

    def pids(self) -> list[int]:
        """The processes of the desktop."""
        return [service["pid"] for service in self.session()["services"]]

    def session(self) -> dict[str, Any]:
        """What the desktop says of itself at the last address; empty where it does not answer."""
        return self.request("GET", "/api/session")

    def layers(self) -> list[str]:
        """The names of napari's layers."""
        return [layer["name"] for layer in self.request("GET", "/api/app/layers").get("layers", [])]

    def request(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        """The JSON that is the answer; empty where there is none."""
        base, _, token = self.addresses()[-1].partition("/?token=")
        headers = {"Authorization": f"Bearer {token}"}
        try:
            answer = http.request(method, base + path, headers=headers, timeout=30, **options)
        except httpx.TransportError:
            return {}
        return dict(answer.json()) if answer.status_code == 200 else {}


@contextmanager
def ssh_host(**environment: str) -> Iterator[Host]:
    """A host with an empty home, and `environment` for whoever logs in."""
    with short_folder() as folder:
        (folder / "laptop").mkdir()
        home = folder / "ada's home"
        home.mkdir()
        for key in ("host_key", "user_key"):
            make = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / key)]
            subprocess.run(make, check=True)
        port = free_port()
        programs = os.pathsep.join([str(Path(sys.executable).parent), "/usr/bin", "/bin"])
        given = {"HOME": str(home), "PATH": programs, **environment}
        if "PYTHONPATH" in os.environ:
            given["PYTHONPATH"] = os.environ["PYTHONPATH"]
        lines = [
            f"HostKey {folder}/host_key",
            f"AuthorizedKeysFile {folder}/user_key.pub",
            "SetEnv " + " ".join(f'"{name}={value}"' for name, value in given.items()),
            "PidFile none",
            "StrictModes no",
            "UsePAM no",
            "PasswordAuthentication no",
        ]
        (folder / "sshd_config").write_text("\n".join([*lines, ""]))
        public = (folder / "host_key.pub").read_text()
        (folder / "known_hosts").write_text(f"[127.0.0.1]:{port} {public}")
        # A profile that greets, and what a ~/.ssh/config may say for the shells of its user.
        (home / ".bashrc").write_text("printf 'welcome to node7 '\n")
        options = {
            "RemoteCommand": "tmux attach",
            "RequestTTY": "yes",
            "LocalForward": f"{port} 127.0.0.1:1",
            "ExitOnForwardFailure": "yes",
            "Port": port,
            "IdentityFile": folder / "user_key",
            "UserKnownHostsFile": folder / "known_hosts",
            "BatchMode": "yes",
        }
        # As root it wants a folder that an init system makes.
        Path("/run/sshd").mkdir(exist_ok=True)
        command = [SSHD, "-D", "-e", "-f", str(folder / "sshd_config")]
        with (folder / "sshd.log").open("wb") as log:
            sshd = subprocess.Popen(
                [*command, "-o", f"ListenAddress=127.0.0.1:{port}"], stdout=log, stderr=log
            )
        passed = [part for key, value in options.items() for part in ("-o", f"{key}={value}")]
        found = Host(folder, home, passed, sshd, f"test-{port}")
        try:
            until(lambda: "listening" in (folder / "sshd.log").read_text(), 30, "sshd")
            yield found
        finally:
            found.run("stop")
            sshd.terminate()
            sshd.wait()

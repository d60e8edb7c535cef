"""A Docker engine for the tests: the machine's own, or one that is started for them."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

CACHE = Path.home() / ".cache" / "desktopd-tests"
PREFIX = "dd-docker-"
LABEL = "desktopd.tests.base"
BUNDLE_IN_IMAGE = "/etc/ssl/certs/ca-certificates.crt"
CERTIFICATE_VARIABLES = ("SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")
NETWORK_VARIABLES = re.compile(
    r"(https?|no|all)_proxy|pip_(index_url|extra_index_url|trusted_host|default_timeout)"
    r"|npm_config_(registry|proxy|https_proxy)",
    re.IGNORECASE,
)
# As in Debian's own slim image: no manuals, no translations.
SLIM = [
    f"--dpkgopt=path-{verb}=/usr/share/{path}"
    for verb, path in (
        ("exclude", "doc/*"),
        ("include", "doc/*/copyright"),
        ("exclude", "info/*"),
        ("exclude", "locale/*"),
        ("include", "locale/locale.alias"),
        ("exclude", "man/*"),
    )
]


@dataclass(frozen=True, slots=True)
class Base:
    """A distribution without anything; `options` are mmdebstrap's."""

    image: str
    suite: str
    options: tuple[str, ...] = ()


DEBIAN = Base("debian:trixie-slim", "trixie")
UBUNTU = Base(
    "ubuntu:24.04",
    "noble",
    (
        "--include=apt",
        "--components=main,universe",
        # Debian has no keys of Ubuntu's.
        '--aptopt=Acquire::AllowInsecureRepositories "true"',
        '--aptopt=APT::Get::AllowUnauthenticated "true"',
    ),
)


class DockerError(Exception):
    """A docker command failed: its command line and what it said."""


@dataclass(frozen=True)
class Docker:
    """The docker command, speaking to one engine."""

    environment: Mapping[str, str]

    def __call__(self, *arguments: str, seconds: float = 60, folder: Path | None = None) -> str:
        """Run ``docker ARGUMENTS``; returns what it printed, raises DockerError when it failed."""
        done = subprocess.run(
            ["docker", *arguments],
            env=self.environment,
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=seconds,
            check=False,
        )
        if done.returncode:
            tail = "\n".join(done.stdout.splitlines()[-60:])
            raise DockerError(f"docker {' '.join(arguments)}: status {done.returncode}\n{tail}")
        return done.stdout.strip()

    def answers(self) -> bool:
        """Whether there is an engine behind it."""
        with contextlib.suppress(DockerError):
            self("info")
            return True
        return False


@contextlib.contextmanager
def running_engine() -> Iterator[Docker]:
    """The machine's engine, or one of ours, whose images stay in a cache folder."""
    machine = Docker(dict(os.environ))
    if machine.answers():
        yield machine
        return
    if os.geteuid() != 0:
        raise DockerError("`docker info` fails: start Docker for this user, or run tests as root")
    CACHE.mkdir(parents=True, exist_ok=True)
    log = CACHE / "dockerd.log"
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _forget_killed_engines()
        folder = Path(tempfile.mkdtemp(prefix=PREFIX))
        docker = Docker(os.environ | {"DOCKER_HOST": f"unix://{folder}/docker.sock"})
        daemon = _start_daemon(folder, log)
        try:
            _wait_for(docker, daemon, log)
            docker("image", "prune", "--force", "--filter=until=24h", seconds=300)
            yield docker
        finally:
            daemon.terminate()
            daemon.wait(60)
            _remove(folder)


def _forget_killed_engines() -> None:
    """Remove what engines left that could not end, all of them ours, since the lock is held.

    The network of a container that stays mounted keeps its place on the bridge, and its address:
    a new container of that address would hear nothing of what is sent to it.
    """
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        _await_end(folder / "pid")
        _remove(folder)


def _await_end(pidfile: Path) -> None:
    """Wait for an engine whose tests were killed, and which still ends its containers."""
    deadline = time.monotonic() + 60
    with contextlib.suppress(OSError):
        process = Path("/proc") / pidfile.read_text().strip()
        while (process / "comm").read_text() == "dockerd\n" and time.monotonic() < deadline:
            time.sleep(0.2)


def _remove(folder: Path) -> None:
    """Remove a folder with all that is mounted in it: dockerd leaves the host's network there."""
    mounted = Path("/proc/self/mountinfo").read_text().splitlines()
    for place in (Path(line.split()[4]) for line in reversed(mounted)):
        if place.is_relative_to(folder):
            subprocess.run(["umount", str(place)], check=True)
    shutil.rmtree(folder)


def _start_daemon(folder: Path, log: Path) -> subprocess.Popen[bytes]:
    with log.open("wb") as output:
        return subprocess.Popen(
            [
                # A second engine on the same images would spoil them: ours ends with the tests.
                *("setpriv", "--pdeathsig", "TERM"),
                *("dockerd", "--host", f"unix://{folder}/docker.sock"),
                *("--data-root", str(CACHE / "docker"), "--exec-root", str(folder / "run")),
                *("--pidfile", str(folder / "pid")),
            ],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def _wait_for(docker: Docker, daemon: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while not docker.answers():
        if daemon.poll() is not None or time.monotonic() > deadline:
            tail = "\n".join(log.read_text("utf-8", "replace").splitlines()[-30:])
            raise DockerError(f"dockerd does not answer:\n{tail}")
        time.sleep(0.2)


def provide_base(docker: Docker, base: Base = DEBIAN) -> str:
    """See that the engine has a base image: its own, a registry's, or one made with mmdebstrap.

    One that is made here is told how this machine reaches the package registries. Returns its name.
    """
    variables = _network_variables()
    bundle = _bundle()
    digest = hashlib.sha256(json.dumps(variables).encode() + bundle.read_bytes()).hexdigest()
    with contextlib.suppress(DockerError):
        found = docker(
            "image", "inspect", base.image, "--format", f'{{{{index .Config.Labels "{LABEL}"}}}}'
        )
        if found in ("", digest):
            return base.image
    with contextlib.suppress(DockerError):
        docker("pull", base.image, seconds=600)
        return base.image
    with tempfile.TemporaryDirectory(prefix="dd-base-") as folder:
        tar = Path(folder) / "base.tar"
        upload = f"--customize-hook=upload {bundle} {BUNDLE_IN_IMAGE}"
        command = ["mmdebstrap", "--quiet", "--variant=minbase", "--include=ca-certificates"]
        command += [*SLIM, *base.options, upload, base.suite, str(tar)]
        subprocess.run(command, check=True, timeout=600)
        changes = [f"ENV {name}={json.dumps(value)}" for name, value in variables.items()]
        changes += [f"LABEL {LABEL}={digest}", 'CMD ["bash"]']
        changed = (f"--change={change}" for change in changes)
        docker("import", *changed, str(tar), base.image, seconds=120)
    return base.image


def _bundle() -> Path:
    given = (os.environ[name] for name in CERTIFICATE_VARIABLES if name in os.environ)
    return Path(next(given, BUNDLE_IN_IMAGE))


def _network_variables() -> dict[str, str]:
    variables = dict.fromkeys(CERTIFICATE_VARIABLES, BUNDLE_IN_IMAGE)
    for name, value in os.environ.items():
        if NETWORK_VARIABLES.fullmatch(name):
            variables[name] = value
    return variables

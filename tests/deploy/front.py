"""A real reverse proxy in front of a desktop, started from the recipe that users copy."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.daemon import ROOT, until


def free_port() -> int:
    """A TCP port of loopback that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def recipe(name: str, changes: Mapping[str, str]) -> str:
    """A file of container/ with its names and ports changed; AssertionError for one it lacks."""
    text = (ROOT / "container" / name).read_text()
    for old, new in changes.items():
        assert old in text, f"container/{name} has no {old!r}"
        text = text.replace(old, new)
    return text


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for localhost that nobody has signed, and its key."""
    pem, key = folder / "cert.pem", folder / "key.pem"
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost"]
    make += ["-keyout", str(key), "-out", str(pem)]
    subprocess.run(make, check=True, capture_output=True)
    return pem, key


class Program:
    """A program that listens on a port of loopback, in a folder of its own."""

    def __init__(self, argv: Sequence[str], port: int, folder: Path, **environment: str) -> None:
        self.port = port
        self.log = folder / f"{Path(argv[0]).name}-{port}.out"
        self._argv = argv
        self._folder = folder
        self._environment = {"PATH": "/usr/sbin:/usr/bin:/bin", "HOME": str(folder), **environment}
        self.start()

    def start(self) -> None:
        """Start it and wait until it listens."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self._argv,
                cwd=self._folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        try:
            until(self._listens, 20, f"{self._argv[0]} on port {self.port}")
        except AssertionError as error:
            self.stop()
            raise AssertionError(f"{error}\n{self.log.read_text()}") from None

    def _listens(self) -> bool:
        assert self.process.poll() is None, f"{self._argv[0]} ended"
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self) -> None:
        """End it."""
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

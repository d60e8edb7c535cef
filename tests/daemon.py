"""A real desktopd, started by its command line and spoken to over HTTP."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import httpx

from tests import http

T = TypeVar("T")

ROOT = Path(__file__).parents[1]


def until(probe: Callable[[], T], within: float = 60, what: str = "it") -> T:
    """Ask until the answer is true; AssertionError with the last answer when time is up."""
    deadline = time.monotonic() + within
    while True:
        began = time.monotonic()
        answer = probe()
        if answer:
            return answer
        assert time.monotonic() < deadline, f"{what} did not happen in {within} s: {answer!r}"
        time.sleep(pause_after(time.monotonic() - began, 0.05))


def pause_after(seconds: float, least: float) -> float:
    """Seconds from a look that took so long to the next one.

    Looking takes a third of a core at most from what is waited for.
    """
    return min(max(least, 2 * seconds), 1.0)


@contextmanager
def short_folder() -> Iterator[Path]:
    """An empty folder with a path short enough for unix sockets (107 bytes)."""
    path = Path(tempfile.mkdtemp(prefix="dd-"))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def daemons(folder: Path) -> Iterator[Callable[..., Daemon]]:
    """Start daemons below `folder`; each ends with the block."""
    started: list[Daemon] = []

    def start(*arguments: str, **settings: object) -> Daemon:
        place = folder / str(len(started))
        place.mkdir()
        started.append(Daemon(place, *arguments, **settings))
        return started[-1]

    try:
        yield start
    finally:
        for one in started:
            if one.process.poll() is not None:
                # A test may leave a killed daemon: its successor ends what it left.
                one.start()
            one.stop()


class Daemon:
    """`python -m desktopd` in a folder of its own, on a free port of loopback."""

    def __init__(self, folder: Path, *arguments: str, **settings: object) -> None:
        self.folder = folder
        self.log = folder / "daemon.log"
        self.out = folder / "daemon.out"
        self._arguments = arguments
        self._settings = {f"DESKTOPD_{k.upper()}": str(v) for k, v in settings.items()}
        self._settings.setdefault("DESKTOPD_PORT", "0")
        self.start()

    def start(self) -> None:
        """Start the daemon and wait for its address."""
        environment = {k: v for k, v in os.environ.items() if not k.startswith("DESKTOPD_")}
        environment |= {"DESKTOPD_RUNTIME_DIR": str(self.folder / "run"), **self._settings}
        # An xterm starts this: no start-up file of whoever runs the tests may keep it busy.
        environment["SHELL"] = "/bin/sh"
        with self.log.open("ab") as log, self.out.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "desktopd", *self._arguments],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=log,
            )
        try:
            self.url = until(self._address, 60, "an address").rstrip("/")
        except AssertionError:
            self.process.kill()
            self.process.wait()
            raise
        match = re.search(r"(\S+?)/?\?token=(\S+)", self.url)
        self.base, self.token = (match[1], match[2]) if match else (self.url, "")
        self.token = self.token or self._settings.get("DESKTOPD_TOKEN", "")
        # A restarted daemon must come back where its viewers look for it.
        self._settings["DESKTOPD_PORT"] = str(httpx.URL(self.base).port)

    def _address(self) -> str:
        assert self.process.poll() is None, f"the daemon ended:\n{self.logs()}"
        match = re.search(r"https?://\S+", self.out.read_text())
        return match[0] if match else ""

    @property
    def page(self) -> str:
        """The address that shows the desktop without asking."""
        return f"{self.base}/?token={self.token}"

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        """One request with full control, on a connection of its own."""
        headers = {"Authorization": f"Bearer {self.token}", **options.pop("headers", {})}
        options = {"timeout": 20, **options}
        return http.request(method, self.base + path, headers=headers, **options)

    def session(self) -> dict[str, Any]:
        """GET /api/session."""
        response = self.request("GET", "/api/session")
        assert response.status_code == 200, response.text
        return dict(response.json())

    def service(self, name: str) -> dict[str, Any]:
        """One service of the session."""
        return next(s for s in self.session()["services"] if s["name"] == name)

    def sent_bytes(self) -> float:
        """Bytes of pictures that all viewers have been sent so far."""
        told = re.search(
            r"^desktopd_sent_bytes_total (\S+)$", self.request("GET", "/metrics").text, re.M
        )
        assert told
        return float(told[1])

    def pid(self, name: str) -> int:
        """The pid of a running service."""
        pid = self.service(name)["pid"]
        assert isinstance(pid, int), self.session()
        return pid

    def ready(self, within: float = 60) -> dict[str, Any]:
        """Wait until the application has painted and viewers can see it."""

        def ready() -> bool:
            assert self.process.poll() is None, f"the daemon ended:\n{self.logs()}"
            painted = self.request("GET", "/readyz").status_code == 200
            return painted and self.service("rfb")["state"] == "running"

        try:
            until(ready, within, "ready")
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.session()}\n{self.logs()}") from None
        return self.session()

    def whole(self) -> Daemon:
        """Itself, started again if it has ended, and ready: whatever the test before has done."""
        if self.process.poll() is not None:
            self.start()
        self.ready()
        return self

    def environment(self) -> dict[str, str]:
        """What an X client on this desktop needs."""
        display = self.session()["display"]
        return {**os.environ, "DISPLAY": display["name"], "XAUTHORITY": display["xauthority"]}

    def kill(self) -> None:
        """End the daemon alone, as a crash would."""
        self.process.kill()
        self.process.wait()

    def stop(self, within: float = 30) -> int:
        """End everything; returns the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(within)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"SIGTERM did not end the daemon:\n{self.logs()}") from None

    def logs(self) -> str:
        """Everything that was logged, for a failed test."""
        logs = [self.log, *sorted((self.folder / "run").glob("*.log"))]
        return "\n".join(f"--- {p.name}\n{p.read_text(errors='replace')[-3000:]}" for p in logs)

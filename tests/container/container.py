"""A running container of the image, spoken to over HTTP and through the engine."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import httpx
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tests import http
from tests.container.engine import Docker
from tests.daemon import until

Picture = NDArray[np.uint8]


class Container:
    """``docker run`` of an image, published on a free port of loopback."""

    def __init__(self, docker: Docker, image: str, *arguments: str, options: tuple[str, ...] = ()):
        self.docker = docker
        self.id = docker(
            *("run", "--detach", "--publish", "127.0.0.1::8888"), *options, image, *arguments
        )
        published = docker("port", self.id, "8888/tcp")
        self.base = f"http://{published.splitlines()[0]}"
        self.token = ""

    def announced(self) -> None:
        """Wait for the address that desktopd prints, and take the token from it."""
        try:
            self.token = until(self._token, 30, "an address")
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.logs()}") from None

    def _token(self) -> str:
        match = re.search(r"http://127\.0\.0\.1:8888/\?token=(\S+)", self.logs())
        assert match or self.state()["Running"], "the container ended"
        return match[1] if match else ""

    @property
    def page(self) -> str:
        """The address that shows the desktop without asking."""
        return f"{self.base}/?token={self.token}"

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        """One request with full control."""
        headers = {"Authorization": f"Bearer {self.token}"}
        return http.request(method, self.base + path, headers=headers, timeout=20, **options)

    def session(self) -> dict[str, Any]:
        """GET /api/session."""
        response = self.request("GET", "/api/session")
        assert response.status_code == 200, response.text
        return dict(response.json())

    def ready(self, within: float = 90) -> dict[str, Any]:
        """Wait until the application has painted."""
        try:
            until(self._is_ready, within, "ready")
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self._sockets()}\n{self.logs()}") from None
        return self.session()

    def _is_ready(self) -> bool:
        try:
            return self.request("GET", "/readyz").status_code == 200
        except httpx.TransportError:
            # The engine's proxy accepts connections before there is a server, or after a crash.
            assert self.state()["Running"], f"the container ended:\n{self.logs()}"
            return False

    def _sockets(self) -> str:
        """What listens inside, with the network's own tables, for a container out of reach."""
        return self.run("sh", "-c", "cat /proc/net/tcp /proc/net/tcp6 /proc/net/fib_trie")

    def screenshot(self) -> Picture:
        """GET /api/screenshot: rows of pixels of red, green and blue."""
        response = self.request("GET", "/api/screenshot")
        assert response.status_code == 200, response.text
        return np.asarray(Image.open(io.BytesIO(response.content)).convert("RGB"))

    def run(self, *command: str) -> str:
        """``docker exec``: what `command` prints inside."""
        return self.docker("exec", self.id, *command)

    def zombies(self) -> int:
        """How many processes inside have ended without anybody waiting for them."""
        # `docker top` does not show them, they have left the container's cgroup.
        states = self.run("sh", "-c", "grep -h ^State: /proc/[0-9]*/status 2>/dev/null || true")
        return states.count("State:\tZ")

    def state(self) -> dict[str, Any]:
        """The engine's view: Running, ExitCode and the like."""
        state: dict[str, Any] = json.loads(
            self.docker("inspect", self.id, "--format={{json .State}}")
        )
        return state

    def stop(self, seconds: int) -> int:
        """``docker stop``, which kills after so many `seconds`; returns the exit code."""
        self.docker("stop", f"--time={seconds}", self.id)
        return int(self.state()["ExitCode"])

    def logs(self) -> str:
        """What the container printed."""
        return self.docker("logs", self.id)

    def remove(self) -> None:
        """End it at once, and forget it."""
        self.docker("rm", "--force", "--volumes", self.id)

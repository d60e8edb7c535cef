"""The pages of docs/embed.md, served word for word, and browsers that find the desktop there."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from tests.daemon import until

DOCUMENT = Path(__file__).parents[2] / "docs" / "embed.md"
DESK = "desk.example.org"


def example(language: str) -> str:
    """The one block of a language in the document."""
    (block,) = re.findall(rf"^```{language}\n(.*?)^```$", DOCUMENT.read_text(), re.M | re.S)
    return str(block)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def pages(folder: Path) -> Path:
    """A folder with the example's page."""
    folder.mkdir()
    (folder / "course.html").write_text(example("html"))
    return folder


@contextmanager
def course(
    folder: Path, port: int, desktop: str, token: str, certificate: Path | None = None
) -> Iterator[None]:
    """The example's server, whose tickets are of `token`."""
    environment = {"DESKTOP": f"{desktop}/", "DESKTOP_TOKEN": token, "PORT": str(port)}
    if certificate:
        environment["SSL_CERT_FILE"] = str(certificate)
    with (folder / "course.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", example("python")],
            cwd=folder,
            env={**os.environ, **environment},
            stdout=log,
            stderr=log,
        )
    try:
        until(lambda: answers(f"http://127.0.0.1:{port}/course.html"), 20, "the course")
        yield
    finally:
        process.terminate()
        process.wait()


def answers(address: str) -> bool:
    try:
        with urlopen(address):
            return True
    except URLError:
        return False


def chromium_arguments(port: int) -> list[str]:
    """Flags with which Chromium finds https://desk.example.org at a port of this machine.

    It keeps no third-party cookies, as it does for users who have chosen that.
    """
    return [
        f"--host-resolver-rules=MAP {DESK}:443 127.0.0.1:{port}",
        "--ignore-certificate-errors",
        "--test-third-party-cookie-phaseout",
    ]

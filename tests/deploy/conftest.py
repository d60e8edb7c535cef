"""The desktop inside of the real systems that people run it in."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Frame, Page

from tests.chromium import Picture, pixels, save
from tests.daemon import until
from tests.deploy.slurm_cluster import Cluster, cluster

SCRIPTS = Path(sys.executable).parent
CANVAS, PANEL = (0, 0, 0), (46, 51, 62)


def clean_environment(home: Path, **more: str) -> dict[str, str]:
    """The environment of a user with an empty home and the programs of this one."""
    kept = ("LANG", "LC_ALL", "NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE")
    path = os.pathsep.join([str(SCRIPTS), os.environ["PATH"]])
    return {
        **{name: os.environ[name] for name in kept if name in os.environ},
        "HOME": str(home),
        "PATH": path,
        "XDG_RUNTIME_DIR": str(home),
        **more,
    }


class Program:
    """A server of somebody else, in a folder of its own."""

    def __init__(self, folder: Path, argv: list[str], environment: Mapping[str, str]) -> None:
        self.folder = folder
        self.log = folder / "log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                # JupyterHub ends by a SIGINT to itself, which a background job's children ignore.
                ["env", "--default-signal=INT", *argv],
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def until(self, probe: Callable[[], object], within: float, what: str) -> None:
        """Wait for something while the program runs; its log tells why when it does not come."""

        def alive() -> object:
            assert self.process.poll() is None, f"it ended with {self.process.returncode}"
            return probe()

        try:
            until(alive, within, what)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.tail()}") from None

    def tail(self) -> str:
        """The end of its log."""
        return self.log.read_text(errors="replace")[-6000:]

    def stop(self) -> None:
        """End it, kindly at first."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"SIGTERM did not end it:\n{self.tail()}") from None


Run = Callable[[list[str], Mapping[str, str]], Program]


@pytest.fixture
def run(folder: Path) -> Iterator[Run]:
    """Start programs; each ends with the test."""
    started: list[Program] = []

    def start(argv: list[str], environment: Mapping[str, str]) -> Program:
        place = folder / f"p{len(started)}"
        place.mkdir()
        started.append(Program(place, argv, environment))
        return started[-1]

    yield start
    for program in reversed(started):
        program.stop()


@pytest.fixture(scope="session")
def slurm() -> Iterator[Cluster]:
    """A cluster of four nodes, for all tests that want one; each leaves it idle."""
    with cluster() as made:
        yield made


def alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and only waits to be reaped does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in ("Z", "X")


def shows_desktop(place: Page | Frame, within: float = 90) -> None:
    """Wait until the client in a page or frame shows an application that can be used."""
    root = place.locator("html")
    wanted = {"stage": "ready", "link": "connected"}

    def told() -> dict[str, str]:
        return dict(root.evaluate("element => ({...element.dataset})"))

    try:
        until(lambda: wanted.items() <= told().items(), within, "a desktop")
    except AssertionError as error:
        text = place.locator("body").inner_text()
        raise AssertionError(f"{error}\n{place.url}: {told()}\n{text}") from None
    place.locator("#start").wait_for(state="hidden")


def napari_picture(page: Page) -> Picture:
    """The page, once it shows napari's empty canvas, black, between the panels of its theme."""
    picture = pixels(page.screenshot())

    def painted() -> bool:
        nonlocal picture
        picture = pixels(page.screenshot())
        canvas, panel = (np.all(picture == colour, axis=2).mean() for colour in (CANVAS, PANEL))
        return bool(0.3 < canvas < 0.85 and panel > 0.05)

    try:
        until(painted, 30, "napari on the picture")
    except AssertionError as error:
        raise AssertionError(f"{error}: see {save(picture, 'no-napari')}") from None
    return picture

"""What a user and the programs of a desktop exchange over HTTP: copies and drops, in a daemon."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from PIL import Image
from websockets.sync.client import connect

from tests.daemon import Daemon, daemons, short_folder, until

PROGRAM = [sys.executable, str(Path(__file__).with_name("drop_qt.py"))]
XCLIP = ("xclip", "-selection", "clipboard", "-target", "image/png")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("files").resolve()


@pytest.fixture(scope="module")
def started(files: Path) -> Iterator[Daemon]:
    """A program over the whole screen whose left half takes drops; uploads go to `files`."""
    with short_folder() as folder, daemons(folder) as start:
        yield start(app=shlex.join(PROGRAM), display="xvfb", size="800x600", files_root=files)


@pytest.fixture
def desktop(started: Daemon) -> Daemon:
    started.ready()
    return started


def png() -> bytes:
    file = BytesIO()
    Image.effect_noise((400, 300), 90).save(file, "PNG")
    return file.getvalue()


def drop(desktop: Daemon, x: int, **content: Any) -> Any:
    answer = desktop.request("POST", "/api/drop", json={"x": x, "y": 300, **content})
    assert answer.status_code == 200, answer.text
    return answer.json()["result"]


def dropped(desktop: Daemon) -> list[dict[str, Any]]:
    """What the program has told of drops so far."""
    lines = (desktop.folder / "run" / "application.log").read_text().splitlines()
    return [told for line in lines if line[:1] == "{" and "size" not in (told := json.loads(line))]


def test_drops(desktop: Daemon) -> None:
    before = len(dropped(desktop))
    assert drop(desktop, 100, text="grün") == "accepted"
    assert drop(desktop, 100, urls=["https://example.org/a.zarr"]) == "accepted"
    assert drop(desktop, 700, text="text") == "refused"
    assert [(each["text"], each["urls"]) for each in dropped(desktop)[before:]] == [
        ("grün", []),
        ("https://example.org/a.zarr", ["https://example.org/a.zarr"]),
    ]


def test_a_file_is_uploaded_and_dropped(desktop: Daemon, files: Path) -> None:
    before = len(dropped(desktop))
    path = "uploads/2026-11-28/zwölf Zellen #1.tif"
    address = f"/api/files/{quote(path)}"
    assert desktop.request("PUT", address, content=png()).status_code == 201
    assert drop(desktop, 100, paths=[path]) == "accepted"
    (told,) = dropped(desktop)[before:]
    assert told["files"] == [str(files / path)]


@contextmanager
def clipboard_frames(desktop: Daemon) -> Iterator[Iterator[dict[str, Any]]]:
    """What `/api/events` tells of the clipboard."""
    address = desktop.base.replace("http", "ws") + "/api/events"
    bearer = {"Authorization": f"Bearer {desktop.token}"}
    with connect(address, additional_headers=bearer) as events:
        frames = iter(lambda: json.loads(events.recv(20)), None)
        yield (frame for frame in frames if frame["type"] == "clipboard")


def test_images_both_ways(desktop: Daemon) -> None:
    image = png()
    kind = {"Content-Type": "image/png"}
    answer = desktop.request("PUT", "/api/clipboard", content=image, headers=kind)
    assert answer.status_code == 204, answer.text
    pasted = subprocess.run(
        [*XCLIP, "-out"], env=desktop.environment(), capture_output=True, check=True, timeout=20
    ).stdout
    assert pasted == image

    other = png()
    with clipboard_frames(desktop) as frames:
        subprocess.run(
            [*XCLIP, "-in"],
            env=desktop.environment(),
            input=other,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=True,
        )
        told = next(frame for frame in frames if "standing" not in frame)
    assert told["image"] == {"width": 400, "height": 300, "bytes": len(other)}
    got = desktop.request("GET", "/api/clipboard", headers={"Accept": "image/png"})
    assert got.content == other
    assert got.headers["etag"] == f'"{told["serial"]}"'


def test_copies_stay_in_order_over_displays(desktop: Daemon) -> None:
    def copied() -> int:
        answer = desktop.request("PUT", "/api/clipboard", content=b"text")
        return int(answer.headers.get("etag", '"0"').strip('"'))

    before = copied()
    with clipboard_frames(desktop) as frames:
        assert next(frames)["serial"] == before
        restarts = desktop.service("display")["restarts"]
        os.kill(desktop.pid("display"), signal.SIGKILL)
        until(lambda: desktop.service("display")["restarts"] > restarts, 30, "another display")
        desktop.ready()
        after = until(copied, 30, "a copy")
        assert next(frames)["serial"] == after > before, "nobody is told of the kept one again"

"""Files through a real daemon: two gigabytes each way, a disk that fills up, a daemon that dies."""

from __future__ import annotations

import base64
import filecmp
import os
import random
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from tests.daemon import Daemon, until

Start = Callable[..., Daemon]

GROWTH = 32 * 1024 * 1024
SIZE = 2 * 1024**3
SMALL_DISK = 24 * 1024 * 1024
TUS = {"Tus-Resumable": "1.0.0"}
CHUNK = {**TUS, "Content-Type": "application/offset+octet-stream"}


@pytest.fixture
def root(folder: Path) -> Path:
    path = folder / "files"
    path.mkdir()
    return path


@pytest.fixture
def desktop(daemon: Start, root: Path) -> Daemon:
    desktop = daemon(app="xterm", display="xvfb", size="640x480", files_root=root, free_space=0)
    desktop.ready()
    return desktop


@pytest.fixture
def small_disk(root: Path) -> Iterator[Path]:
    """The root, on a disk of 24 MiB."""
    as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    options = f"size={SMALL_DISK},mode=0700,uid={os.geteuid()}"
    mount = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(root)]
    subprocess.run([*as_root, *mount], check=True)
    yield root
    subprocess.run([*as_root, "umount", str(root)], check=True)


def large_file(path: Path) -> Path:
    """A file of 2 GiB, most of it a hole."""
    noise = random.Random(5)
    with path.open("wb") as file:
        for start in range(0, SIZE, SIZE // 16):
            file.seek(start)
            file.write(noise.randbytes(1_000_000))
        file.truncate(SIZE)
    return path


def connect(desktop: Daemon, method: str, path: str, length: int) -> socket.socket:
    """A connection on which a request for a file has been sent, without its body."""
    url = httpx.URL(desktop.base)
    connection = socket.create_connection((url.host, url.port or 80), timeout=60)
    head = f"{method} /api/files/{path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
    head += f"Authorization: Bearer {desktop.token}\r\nContent-Length: {length}\r\n\r\n"
    connection.sendall(head.encode())
    return connection


def upload(desktop: Daemon, source: Path, path: str) -> None:
    with connect(desktop, "PUT", path, SIZE) as connection, source.open("rb") as file:
        connection.sendfile(file)
        assert connection.recv(4096).startswith(b"HTTP/1.1 201 ")


def download(desktop: Daemon, path: str, target: Path) -> None:
    with (
        connect(desktop, "GET", path, 0) as connection,
        closing(connection.makefile("rb", 1_048_576)) as response,
        target.open("wb") as file,
    ):
        assert response.readline() == b"HTTP/1.1 200 OK\r\n"
        while response.readline() != b"\r\n":
            pass
        while piece := response.read(1_048_576):
            file.write(piece)


class Memory:
    """The resident memory of a process while something happens."""

    def __init__(self, pid: int) -> None:
        self._process = Path(f"/proc/{pid}")
        # Forgets the peak so far (proc_pid_clear_refs(5)).
        (self._process / "clear_refs").write_text("5")
        self._before = self._bytes("VmRSS")

    def growth(self) -> int:
        """By how many bytes it has been larger at most."""
        return self._bytes("VmHWM") - self._before

    def _bytes(self, name: str) -> int:
        lines = (self._process / "status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith(name)).split()[1]) * 1024


@pytest.mark.timeout(300)
def test_two_gigabytes_each_way_in_flat_memory(desktop: Daemon, root: Path, folder: Path) -> None:
    source = large_file(folder / "source")
    memory = Memory(desktop.process.pid)
    upload(desktop, source, "large.tif")
    assert memory.growth() < GROWTH
    assert filecmp.cmp(source, root / "large.tif", shallow=False)
    memory = Memory(desktop.process.pid)
    download(desktop, "large.tif", folder / "target")
    assert memory.growth() < GROWTH
    assert filecmp.cmp(source, folder / "target", shallow=False)


def create(desktop: Daemon, path: str, length: int) -> str:
    """Create an upload that can be resumed; its address."""
    told = f"path {base64.b64encode(path.encode()).decode()}"
    headers = {**TUS, "Upload-Length": str(length), "Upload-Metadata": told}
    response = desktop.request("POST", "/api/uploads", headers=headers)
    assert response.status_code == 201, response.text
    return f"/api/{response.headers['location']}"


def offset(desktop: Daemon, address: str) -> int:
    response = desktop.request("HEAD", address, headers=TUS)
    assert response.status_code == 200
    return int(response.headers["upload-offset"])


def go_on(desktop: Daemon, address: str, content: bytes) -> httpx.Response:
    """Send what is missing of an upload."""
    start = offset(desktop, address)
    headers = {**CHUNK, "Upload-Offset": str(start)}
    return desktop.request("PATCH", address, headers=headers, content=content[start:])


class TestFullDisk:
    CONTENT = random.Random(6).randbytes(20_000_000)

    def test_nothing_is_left_of_a_file(self, small_disk: Path, desktop: Daemon) -> None:
        (small_disk / "other").write_bytes(bytes(10_000_000))
        for length in ({}, {"Content-Length": str(len(self.CONTENT))}):
            response = desktop.request(
                "PUT", "/api/files/a", content=iter([self.CONTENT]), headers=length
            )
            assert response.status_code == 507, response.text
            assert response.json()["remedy"] == "delete something, then go on"
        assert [path.name for path in small_disk.iterdir()] == ["other"]
        (small_disk / "other").unlink()
        assert desktop.request("PUT", "/api/files/a", content=self.CONTENT).status_code == 201
        assert (small_disk / "a").read_bytes() == self.CONTENT

    def test_an_upload_goes_on_once_there_is_room(self, small_disk: Path, desktop: Daemon) -> None:
        address = create(desktop, "plates/a.tif", len(self.CONTENT))
        (small_disk / "other").write_bytes(bytes(12_345_678))
        response = go_on(desktop, address, self.CONTENT)
        assert response.status_code == 507, response.text
        reached = offset(desktop, address)
        assert 5_000_000 < reached < 15_000_000
        assert go_on(desktop, address, self.CONTENT).status_code == 507
        assert desktop.request("GET", "/api/files/").status_code == 200
        (small_disk / "other").unlink()
        response = go_on(desktop, address, self.CONTENT)
        assert response.status_code == 204, response.text
        assert (small_disk / "plates/a.tif").read_bytes() == self.CONTENT

    def test_an_upload_that_cannot_fit_is_refused_at_once(
        self, small_disk: Path, desktop: Daemon
    ) -> None:
        headers = {**TUS, "Upload-Length": str(SMALL_DISK * 2), "Upload-Metadata": "path YQ=="}
        assert desktop.request("POST", "/api/uploads", headers=headers).status_code == 507
        assert list(small_disk.iterdir()) == []


def test_a_daemon_that_is_killed_goes_on_where_it_was(desktop: Daemon, root: Path) -> None:
    content = random.Random(7).randbytes(30_000_000)
    address = create(desktop, "a.tif", len(content))

    def half() -> Iterator[bytes]:
        yield content[:15_000_000]
        # Once all of it but a part of a mebibyte is there.
        until(lambda: staged(root) > 13_000_000, 20, "half of the upload")
        desktop.kill()
        yield content[15_000_000:]

    with pytest.raises(httpx.TransportError):
        desktop.request("PATCH", address, headers={**CHUNK, "Upload-Offset": "0"}, content=half())
    desktop.start()
    assert 13_000_000 < offset(desktop, address) <= 15_000_000
    assert go_on(desktop, address, content).status_code == 204
    assert (root / "a.tif").read_bytes() == content


def test_a_file_that_a_killed_daemon_was_writing_is_gone(desktop: Daemon, root: Path) -> None:
    def half() -> Iterator[bytes]:
        yield bytes(15_000_000)
        until(lambda: staged(root) > 13_000_000, 20, "half of the file")
        desktop.kill()
        yield b""

    with pytest.raises(httpx.TransportError):
        desktop.request("PUT", "/api/files/a", content=half())
    desktop.start()
    until(lambda: not list(root.iterdir()), 20, "an empty folder")


def staged(root: Path) -> int:
    """The size of the draft in staging."""
    return max((path.stat().st_size for path in root.glob(".desktopd*/*")), default=0)

"""container/compose and container/traefik: the files checked, the workshop's front run for real."""

from __future__ import annotations

import re
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from tests import http
from tests.chromium import Tab
from tests.daemon import ROOT, Daemon, until
from tests.deploy.front import Program, free_port, recipe
from tests.deploy.test_nginx import MAIN

Start = Callable[..., Daemon]
OpenTab = Callable[[str], Tab]

FOLDER = ROOT / "container"
FILES = ["compose/desktop.yaml", "compose/gpu.yaml", "compose/workshop.yaml"]
FILES += ["traefik/compose.yaml"]
WORKSHOP: dict[str, Any] = yaml.safe_load((FOLDER / "compose/workshop.yaml").read_text())
HARDENED = {
    "read_only": True,
    "tmpfs": ["/tmp", "/run"],
    "cap_drop": ["ALL"],
    "security_opt": ["no-new-privileges:true"],
}


@cache
def compose() -> tuple[str, ...]:
    """Compose as a plug-in of docker, or as the program of its own that distributions have."""
    plugin = ("docker", "compose")
    found = subprocess.run([*plugin, "version"], capture_output=True, check=False).returncode == 0
    return plugin if found else ("docker-compose",)


def services(*names: str) -> dict[str, Any]:
    """The services as Compose understands the files."""
    files = [part for name in names for part in ("--file", str(FOLDER / name))]
    run = [*compose(), *files, "config"]
    done = subprocess.run(run, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return dict(yaml.safe_load(done.stdout)["services"])


@pytest.mark.parametrize("name", FILES)
def test_each_file_is_valid(name: str) -> None:
    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    done = subprocess.run([*check, str(FOLDER / name)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", ["compose/desktop.yaml", "traefik/compose.yaml"])
def test_compose_takes_one_desktop(name: str) -> None:
    desktop = services(name)["desktop"]
    assert {key: desktop[key] for key in HARDENED} == HARDENED
    context = desktop["build"] if isinstance(desktop["build"], str) else desktop["build"]["context"]
    assert Path(context) == ROOT
    assert (Path(context) / desktop["build"]["dockerfile"]).is_file()


def test_compose_adds_the_gpu() -> None:
    desktop = services("compose/desktop.yaml", "compose/gpu.yaml")["desktop"]
    devices = desktop["deploy"]["resources"]["reservations"]["devices"]
    assert [device["driver"] for device in devices] == ["nvidia"]
    assert desktop["image"] == "desktopd"


def test_each_desk_of_the_workshop_is_hardened_and_below_its_own_path() -> None:
    found = services("compose/workshop.yaml")
    desks = {name.removeprefix("desk-"): found[name] for name in found if name != "front"}
    assert len(desks) == len(WORKSHOP["services"]) - 1 > 1
    for name, desk in desks.items():
        assert {key: desk[key] for key in HARDENED} == HARDENED
        public = ["--public-url", f"http://127.0.0.1:8888/{name}/"]
        assert desk["command"] == ["--base-url", f"/{name}/", *public]
        kept = WORKSHOP["services"][f"desk-{name}"]["volumes"]
        assert kept == [f"{name}-data:/data", f"{name}-home:/home/desktop"]
        assert "ports" not in desk


class Names:
    """A name server (RFC 1035) of IPv4 addresses, as Docker has one in each of its networks."""

    def __init__(self, addresses: Mapping[str, str]) -> None:
        self._addresses = addresses
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            query, peer = self._socket.recvfrom(512)
            if not query:
                return
            self._socket.sendto(self._answer(query), peer)

    def _answer(self, query: bytes) -> bytes:
        end = query.index(b"\0", 12) + 5
        labels, question = query[12 : end - 5], query[12:end]
        name, kind = labels[1:].decode(), int.from_bytes(question[-4:-2], "big")
        address = self._addresses.get(name)
        records = b""
        if address and kind == 1:
            records = b"\xc0\x0c\0\1\0\1\0\0\0\5\0\4" + socket.inet_aton(address)
        flags = b"\x81\x80" if address else b"\x81\x83"
        counts = struct.pack(">4H", 1, bool(records), 0, 0)
        return query[:2] + flags + counts + question + records

    def stop(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.sendto(b"", ("127.0.0.1", self.port))
        self._thread.join()
        self._socket.close()


@pytest.fixture
def workshop(daemon: Start, folder: Path) -> Iterator[tuple[str, dict[str, Daemon]]]:
    """The front's address, and two desks behind it, each at an address of its own."""
    inside = free_port()
    addresses = {"ada": "127.0.1.1", "grace": "127.0.1.2"}
    desks = {
        name: daemon(
            app=f"xterm -title {name}",
            display="xvfb",
            size="1280x720",
            host=address,
            port=inside,
            base_url=f"/{name}/",
        )
        for name, address in addresses.items()
    }
    names = Names({f"desk-{name}": address for name, address in addresses.items()})
    place, port = folder / "front", free_port()
    place.mkdir()
    changes = {
        "listen 80;": f"listen 127.0.0.1:{port};",
        "resolver 127.0.0.11": f"resolver 127.0.0.1:{names.port}",
        ":8888;": f":{inside};",
        "/dev/stdout": f"{place}/access.log",
        "/dev/stderr": f"{place}/error.log",
    }
    (place / "recipe.conf").write_text(recipe("compose/workshop.conf", changes))
    (place / "nginx.conf").write_text(MAIN.format(folder=place))
    argv = ["nginx", "-p", str(place), "-e", str(place / "start.log"), "-c"]
    try:
        front = Program([*argv, str(place / "nginx.conf")], port, place)
        yield f"http://127.0.0.1:{port}", desks
        front.stop()
    finally:
        names.stop()


def test_each_participant_has_a_desktop_behind_one_address(
    workshop: tuple[str, dict[str, Daemon]], tab: OpenTab
) -> None:
    front, desks = workshop
    for name, desk in desks.items():
        page = tab(f"{front}/{name}/?token={desk.token}")
        page.shows_desktop()
        page.page.set_viewport_size({"width": 900, "height": 500})
        until(lambda desk=desk: desk_size(desk)[0] == 900, 20, "the size of the tab")  # type: ignore[misc]


def desk_size(desk: Daemon) -> tuple[int, int]:
    display = desk.session()["display"]
    return display["width"], display["height"]


def test_a_participants_token_and_cookie_open_no_other_desk(
    workshop: tuple[str, dict[str, Daemon]],
) -> None:
    front, desks = workshop
    with httpx.Client(base_url=front, follow_redirects=True) as client:
        assert client.get(f"/ada/?token={desks['ada'].token}").status_code == 200
        assert client.get("/ada/api/session").status_code == 200
        assert client.get("/grace/api/session").status_code == 401
        for jar in list(client.cookies.jar):
            client.cookies.set(jar.name, str(jar.value), domain=jar.domain, path="/")
        assert client.get("/grace/api/session").status_code == 401
        bearer = {"Authorization": f"Bearer {desks['ada'].token}"}
        assert client.get("/grace/api/session", headers=bearer).status_code == 401


def test_the_front_opens_nothing_but_desks(workshop: tuple[str, dict[str, Daemon]]) -> None:
    front, _ = workshop
    assert http.get(f"{front}/").status_code == 404
    assert http.get(f"{front}/nobody/").status_code == 502


def test_the_desks_of_the_workshop_are_where_its_front_looks() -> None:
    text = (FOLDER / "compose/workshop.conf").read_text()
    location = re.search(r"location ~ (\S+) ", text)
    assert location
    for service in set(WORKSHOP["services"]) - {"front"}:
        path = WORKSHOP["services"][service]["command"][1]
        match = re.search(location[1].replace("(?<", "(?P<"), path)
        assert match
        assert f"desk-{match['desk']}" == service
    mounted = WORKSHOP["services"]["front"]["volumes"][0].split(":")[0]
    assert (FOLDER / "compose" / mounted).is_file()

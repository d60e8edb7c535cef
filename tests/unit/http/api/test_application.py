"""/api/app on a session in memory, with a companion's process and without."""

import asyncio
import base64
import json
import os
import signal
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect

from desktopd.applications.application import Application
from desktopd.applications.companion import CompanionClient
from desktopd.applications.errors import ApplicationError, CompanionRefusal
from desktopd.applications.opening import Allowed, Opening
from desktopd.errors import CannotEnd
from desktopd.http.api.application_json import event_json
from desktopd.rfb.viewers.viewer import Role
from desktopd.session.status import ServiceStatus
from tests.unit.applications.companion_process import LAYER, state
from tests.unit.applications.companions import companion_in
from tests.unit.http.desktop import (
    BEARER,
    VIEW_BEARER,
    Desk,
    client,
    make_app,
    make_application,
    serving,
)
from tests.unit.turns import until

RESTORED = {
    "layers": ["cells"],
    "unsaved": [],
    "camera": True,
    "missing": [{"name": "sum", "reason": "/data/sum.tif does not exist"}],
}
READ = ["/api/app", "/api/app/layers", "/api/app/camera", "/api/app/dims", "/api/app/screenshot"]


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
async def companion(folder: Path) -> AsyncIterator[CompanionClient]:
    async with companion_in(folder) as companion:
        yield companion


@pytest.fixture
def application(desk: Desk, companion: CompanionClient) -> Application:
    opening = Opening(Allowed(Path(__file__).parent, ("example.org",)), companion)
    return Application(
        lambda: desk.status.application, desk.restart_application, opening, companion
    )


def user(
    desk: Desk, application: Application, headers: dict[str, str] = BEARER
) -> httpx.AsyncClient:
    return client(make_app(desk, application=application), headers=headers)


async def test_what_the_application_is_and_can(desk: Desk, application: Application) -> None:
    async with user(desk, application) as script:
        answer = (await script.get("/api/app")).json()
    assert answer == {
        "command": "napari --reset",
        "state": "running",
        "restarts": 0,
        "answers": True,
        "capabilities": ["echo", "layers", "open", "refuse", "restart", "save", "wait"],
        "companion": {
            "version": 1,
            "napari": "0.9.2",
            "ready": True,
            "renderer": "llvmpipe",
            "frame_rate": 12.0,
            "saved": None,
            "errors": [],
        },
        "exit": None,
        "restored": None,
    }


async def test_an_application_without_a_companion(desk: Desk) -> None:
    async with user(desk, make_application(desk)) as script:
        answer = (await script.get("/api/app")).json()
        assert (answer["capabilities"], answer["companion"]) == (["restart"], None)
        for path in READ[1:]:
            refused = await script.get(path)
            assert refused.status_code == 501
            assert "app=napari" in refused.json()["remedy"]
        refused = await script.post("/api/app/open", json={"path": "/etc/hostname"})
        assert refused.status_code == 501
        assert "app_open" in refused.json()["remedy"]


async def test_a_viewer_may_look_and_is_told_no_paths_and_tracebacks(
    desk: Desk, application: Application, companion: CompanionClient
) -> None:
    error = {"time": 1.0, "message": "KeyError: 1", "traceback": "in secret.py"}
    saved = {"time": None, "error": "no room: '/data/kept'", "not_kept": []}
    told = state(errors=[error], restored=RESTORED, saved=saved)
    await companion.ask("become", {"event": "state", "data": told}, 20)
    async with user(desk, application, VIEW_BEARER) as script:
        answer = (await script.get("/api/app")).json()
        assert answer["command"] == "napari"
        layers = (await script.get("/api/app/layers")).json()["layers"]
        assert (layers[0]["name"], layers[0]["path"]) == ("cells", None)
        for method, path in (
            ("POST", "/api/app/open"),
            ("PUT", "/api/app/camera"),
            ("PUT", "/api/app/dims"),
            ("PUT", "/api/app/motion"),
            ("PATCH", "/api/app/layers/cells"),
            ("POST", "/api/app/reset"),
            ("POST", "/api/app/restart"),
        ):
            assert (await script.request(method, path, json={})).status_code == 403
    assert answer["companion"]["errors"] == []
    assert desk.restarts == 0
    assert event_json(application.status, Role.VIEW)["application"]["companion"]["saved"] == {
        **saved,
        "error": "",
    }
    async with user(desk, application) as script:
        session = (await script.get("/api/session")).json()
        assert (await script.get("/api/app/layers")).json() == {"layers": [LAYER]}
    assert session["app"]["restored"] == RESTORED
    assert answer["restored"] == {**RESTORED, "missing": [{"name": "sum", "reason": ""}]}


async def test_one_that_only_another_user_may_end_is_not_restarted(
    desk: Desk, application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def restart() -> None:
        raise CannotEnd(7)

    monkeypatch.setattr(application, "_restart", restart)
    async with user(desk, application) as script:
        refused = await script.post("/api/app/restart")
    assert refused.status_code == 409
    assert "runs as another user" in refused.json()["error"]


async def test_how_it_ended_is_told(desk: Desk, application: Application) -> None:
    application.note_process()
    (*others, running) = desk.status.services
    ended: ServiceStatus = replace(running, pid=None, exit_code=-signal.SIGKILL, log="printed")
    desk.become(services=(*others, ended))
    application.note_process()
    async with user(desk, application) as script:
        told = (await script.get("/api/app")).json()["exit"]
        short = (await script.get("/api/session")).json()["app"]["exit"]
    assert told == {**short, "traceback": "", "last_error": None, "log": "printed"}
    assert (told["signal"], told["code"]) == ("SIGKILL", None)
    assert (told["description"], told["log"]) == ("Killed (signal 9)", "printed")
    assert (told["last_error"], told["memory_limit"], told["asked"]) == (None, None, False)
    async with user(desk, application, VIEW_BEARER) as watcher:
        seen = (await watcher.get("/api/app")).json()["exit"]
    assert seen == {**told, "log": ""}


@pytest.mark.parametrize(
    ("method", "path", "body", "words"),
    [
        ("POST", "open", b"{", "Invalid JSON"),
        ("POST", "open", b"[]", "should be an object"),
        ("POST", "open", b"{}", "expected either path or url"),
        ("POST", "open", b'{"path": "/a", "url": "http://b/"}', "expected either path or url"),
        ("POST", "open", b'{"path": ""}', "path: "),
        ("POST", "open", b'{"path": 3}', "path: "),
        ("POST", "open", b'{"file": "/a"}', "file: Extra inputs"),
        ("PUT", "motion", b'{"mode": "fast"}', "mode: "),
        ("PUT", "motion", b"{}", "mode: "),
        ("PUT", "camera", b'{"zoom": 0}', "zoom: "),
        ("PUT", "camera", b'{"zoom": NaN}', "zoom: "),
        ("PUT", "camera", b'{"angles": [1, 2]}', "angles.2: "),
        ("PUT", "dims", b'{"ndisplay": 4}', "ndisplay: "),
        ("PUT", "dims", b'{"current_step": [-1]}', "current_step.0: "),
        ("PATCH", "layers/cells", b'{"opacity": 2}', "opacity: "),
        ("PATCH", "layers/cells", b'{"active": false}', "active: "),
    ],
)
async def test_a_bad_request_names_what_is_wrong(
    desk: Desk, application: Application, method: str, path: str, body: bytes, words: str
) -> None:
    async with user(desk, application) as script:
        answer = await script.request(method, f"/api/app/{path}", content=body)
    assert answer.status_code == 400
    assert words in answer.json()["error"]
    assert answer.json()["remedy"].startswith("send JSON with some of ")


async def test_only_what_was_sent_is_changed(desk: Desk, application: Application) -> None:
    """The process answers methods that it does not know with their params."""
    async with user(desk, application) as script:
        camera = await script.put("/api/app/camera", json={"zoom": 2, "center": [1, 2]})
        assert camera.json() == {"zoom": 2.0, "center": [1.0, 2.0]}
        assert (await script.get("/api/app/camera")).json() == {}
        dims = await script.put("/api/app/dims", json={"current_step": [3, 4]})
        assert dims.json() == {"current_step": [3, 4]}
        layer = await script.patch("/api/app/layers/a%2Fb c?", json={"visible": False})
        assert layer.json() == {"name": "a/b c", "values": {"visible": False}}
        assert (await script.post("/api/app/reset")).json() == {}
        motion = await script.put("/api/app/motion", json={"mode": "exact"})
        assert motion.json() == {"mode": "exact"}
        assert (await script.get("/api/app/motion")).json() == {}


@pytest.mark.parametrize(
    ("body", "status", "remedy"),
    [
        ({"path": "/etc/passwd"}, 403, str(Path(__file__).parent)),
        ({"path": "missing.tif"}, 404, "correct the path"),
        ({"url": "https://evil.org/a.zarr"}, 403, "open_hosts"),
        ({"url": "file:///etc/passwd"}, 403, "https://"),
    ],
)
async def test_what_may_not_be_opened(
    desk: Desk, application: Application, body: dict[str, str], status: int, remedy: str
) -> None:
    async with user(desk, application) as script:
        answer = await script.post("/api/app/open", json=body)
    assert answer.status_code == status
    assert remedy in answer.json()["remedy"]


async def test_how_something_is_opened_is_told_to_the_companion(
    desk: Desk, application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[dict[str, Any]] = []

    async def ask(method: str, params: dict[str, Any], within: float) -> list[Any]:
        asked.append(params)
        if params["unasked"]:
            raise CompanionRefusal("occupied", "napari has 2 layers already")
        return [LAYER]

    monkeypatch.setattr(application.companion, "ask", ask)
    body = {"path": ".", "name": "nuclei", "once": True}
    async with user(desk, application) as script:
        refused = await script.post("/api/app/open", json={**body, "unasked": True})
        answer = await script.post("/api/app/open", json=body)
        program = {"path": Path(__file__).name, "unasked": True}
        refused_program = await script.post("/api/app/open", json=program)
    assert refused_program.status_code == 428
    assert refused.status_code == 409
    assert "without unasked" in refused.json()["remedy"]
    assert answer.json() == {"by": "companion", "layers": [LAYER]}
    options = {"plugin": None, "name": "nuclei", "once": True, "unasked": False}
    assert asked[1] == {"path": str(Path(__file__).parent), **options}


class Refusing:
    """A companion that answers each question alike."""

    def __init__(self, error: ApplicationError) -> None:
        self.error = error

    async def ask(self, method: str, params: dict[str, Any], within: float) -> Any:
        raise self.error


async def test_a_picture_is_a_png(
    desk: Desk, application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def ask(method: str, params: dict[str, Any]) -> str:
        return base64.b64encode(b"\x89PNG").decode()

    monkeypatch.setattr(application, "ask", ask)
    async with user(desk, application) as script:
        answer = await script.get("/api/app/screenshot")
    assert (answer.content, answer.headers["content-type"]) == (b"\x89PNG", "image/png")


async def test_an_application_that_is_away_or_slow_is_said_to_be(
    desk: Desk,
    application: Application,
    companion: CompanionClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("desktopd.applications.application.ASK_WITHIN", 0.05)
    assert companion.state is not None
    pid = companion.state.pid
    async with user(desk, application) as script:
        os.kill(pid, signal.SIGSTOP)
        while Path(f"/proc/{pid}/stat").read_text().split()[2] != "T":
            await asyncio.sleep(0.01)
        assert (await script.get("/api/app/layers")).status_code == 504
        answer = await script.get("/api/app")
        assert answer.json()["companion"]["renderer"] == "llvmpipe", "what it told last"
        os.kill(pid, signal.SIGKILL)
        await until(lambda: companion.state is None)
        answer = await script.get("/api/app/layers")
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "1"
        assert (await script.get("/api/app")).json()["companion"] is None


async def test_a_command_opens_where_there_is_no_companion(desk: Desk, tmp_path: Path) -> None:
    launched: list[Sequence[str]] = []

    async def launch(argv: Sequence[str]) -> None:
        launched.append(argv)

    (tmp_path / "a b.tif").write_text("")
    opening = Opening(Allowed(tmp_path), template="fiji {path}", launch=launch)
    async with user(desk, make_application(desk, opening)) as script:
        assert "open" in (await script.get("/api/app")).json()["capabilities"]
        answer = await script.post("/api/app/open", json={"path": "a b.tif"})
    assert answer.json() == {"by": "command", "layers": []}
    assert launched == [["fiji", str(tmp_path / "a b.tif")]]


async def test_events_tell_the_layers_as_they_change(
    desk: Desk, application: Application, companion: CompanionClient
) -> None:
    async with serving(make_app(desk, application=application)) as server:
        address = server.addresses[0].replace("http", "ws") + "/api/events"
        async with connect(address, additional_headers=BEARER) as websocket, asyncio.timeout(20):
            assert json.loads(await websocket.recv())["type"] == "session"
            told = json.loads(await websocket.recv())
            assert told["type"] == "application"
            assert json.loads(await websocket.recv())["type"] == "clipboard"
            assert told["layers"] == [LAYER]
            assert told["application"]["companion"]["ready"]
            moved = {**LAYER, "visible": False}
            await companion.ask("become", {"event": "layers", "data": [moved]}, 20)
            assert json.loads(await websocket.recv())["layers"] == [moved]

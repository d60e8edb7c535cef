"""The API on a session in memory."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from desktopd.geometry import Size
from desktopd.rfb.viewers.pixel_path import PixelPath
from desktopd.rfb.viewers.viewer import Role, Viewer, Viewers
from desktopd.session.status import ServiceState, ServiceStatus, SessionStatus, Stage
from desktopd.x11.errors import ConnectionLost
from tests.unit.http.desktop import BEARER, HTML, READY, VIEW_BEARER, Desk, client, make_app


@pytest.fixture
def desk() -> Desk:
    return Desk()


def user(desk: Desk, viewers: Viewers | None = None, **headers: str) -> httpx.AsyncClient:
    return client(make_app(desk, viewers), headers={**BEARER, **headers})


def with_application(**changes: Any) -> SessionStatus:
    application = replace(READY.application, **changes)
    return replace(READY, services=(*READY.services[:-1], application))


async def test_the_session(desk: Desk) -> None:
    viewers = Viewers()
    viewer = Viewer(role=Role.VIEW, address="192.0.2.1", path=PixelPath.X11VNC)
    with viewers.add(viewer):
        viewer.agreed("tight")
        async with user(desk, viewers) as script:
            answer = (await script.get("/api/session")).json()
    assert answer == {
        "stage": "ready",
        "message": "napari is ready",
        "role": "control",
        "version": "1.2.3",
        "services": [
            {"name": name, "state": "running", "pid": pid, "restarts": 0, "error": None}
            for pid, name in enumerate(("display", "window_manager", "rfb", "application"), 11)
        ],
        "display": {
            "name": ":7",
            "backend": "xdummy",
            "width": 1600,
            "height": 900,
            "xauthority": "/run/xauthority",
        },
        "gpu": {"name": "", "reason": "", "renderer": "software"},
        "rfb": {"path": "x11vnc", "baseline": False},
        "viewers": [
            {
                "id": viewer.id,
                "role": "view",
                "path": "x11vnc",
                "codec": "tight",
                "exact": None,
                "fps": None,
            }
        ],
        "app": {
            "command": "napari --reset",
            "state": "running",
            "restarts": 0,
            "error": None,
            "log": "",
            "exit": None,
            "restored": None,
        },
    }


async def test_a_viewer_is_told_neither_logs_nor_the_cookie_file(desk: Desk) -> None:
    desk.status = with_application(state=ServiceState.FAILED, error="exit 1", log="Traceback")
    app = make_app(desk)
    async with client(app, headers=VIEW_BEARER) as viewer, client(app, headers=BEARER) as owner:
        seen = (await viewer.get("/api/session")).json()
        known = (await owner.get("/api/session")).json()
    assert (seen["app"]["log"], seen["display"]["xauthority"]) == ("", None)
    assert (known["app"]["log"], known["display"]["xauthority"]) == ("Traceback", "/run/xauthority")
    assert seen["app"]["error"] == known["app"]["error"] == "exit 1"


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        (ServiceState.FAILED, "last lines"),
        (ServiceState.BACKOFF, "last lines"),
        (ServiceState.RUNNING, ""),
        (ServiceState.STARTING, ""),
    ],
)
async def test_the_log_is_shown_when_it_helps(desk: Desk, state: ServiceState, shown: str) -> None:
    desk.status = with_application(state=state, log="last lines")
    async with user(desk) as script:
        assert (await script.get("/api/session")).json()["app"]["log"] == shown


@pytest.mark.parametrize(
    ("stage", "command", "message"),
    [
        (Stage.DISPLAY, "napari", "starting the display"),
        (Stage.WINDOW_MANAGER, "napari", "starting the window manager"),
        (Stage.APPLICATION, "/opt/my apps/fiji", "starting my"),
        (Stage.APPLICATION, "'/opt/my apps/fiji' --x", "starting fiji"),
        (Stage.FIRST_FRAME, "napari", "waiting for the first picture of napari"),
        (Stage.STOPPING, "napari", "stopping"),
        (Stage.FAILED, "napari", "napari failed: exit 3"),
        (Stage.APPLICATION, "'unbalanced", "starting 'unbalanced"),
    ],
)
async def test_the_message_says_what_is_going_on(
    desk: Desk, stage: Stage, command: str, message: str
) -> None:
    failed = with_application(state=ServiceState.FAILED, error="exit 3")
    desk.status = replace(failed, stage=stage, command=command)
    async with user(desk) as script:
        assert (await script.get("/api/session")).json()["message"] == message


async def test_a_failed_service_is_named(desk: Desk) -> None:
    display = ServiceStatus("display", ServiceState.FAILED, error="no screens found")
    desk.status = replace(
        READY, stage=Stage.FAILED, display=None, services=(display, *READY.services[1:])
    )
    async with user(desk) as script:
        answer = (await script.get("/api/session")).json()
    assert answer["message"] == "display failed: no screens found"
    assert answer["display"] is None


class TestDisplay:
    async def test_the_answer_is_what_x_has(self, desk: Desk) -> None:
        desk.largest = Size(1920, 1080)
        async with user(desk) as script:
            answer = await script.put("/api/display", json={"width": 5000, "height": 600})
        assert answer.json() == {"width": 1920, "height": 600}

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"{",
            b"[]",
            b"null",
            b"{}",
            b'{"width":800}',
            b'{"width":800,"height":"600"}',
            b'{"width":800,"height":600.5}',
            b'{"width":800,"height":true}',
            b'{"width":800,"height":null}',
            b'{"width":800,"height":63}',
            b'{"width":8193,"height":600}',
            b'{"width":-800,"height":600}',
            b'{"width":1e400,"height":600}',
            b'{"width":800,"height":600,"scale":2}',
            b'{"width":800,"height":600,"x":1}',
            b"\xff\xfe",
            b"[" * 4000,
        ],
    )
    async def test_anything_else_is_refused(self, desk: Desk, body: bytes) -> None:
        async with user(desk) as script:
            answer = await script.put("/api/display", content=body)
        assert answer.status_code == 400
        assert '{"width": 1600, "height": 900}' in answer.json()["remedy"]
        assert desk.status == READY

    async def test_an_unknown_key_is_named(self, desk: Desk) -> None:
        async with user(desk) as script:
            answer = await script.put("/api/display", json={"width": 1, "height": 1, "scale": 2})
        assert answer.json()["error"] == "unknown key 'scale'"

    async def test_a_huge_body_is_refused(self, desk: Desk) -> None:
        async with user(desk) as script:
            answer = await script.put("/api/display", content=b" " * 5000)
        assert answer.status_code == 413


class TestClipboard:
    @pytest.mark.parametrize("text", ["", "plain", "grüße 👋 \u4f60\u597d\n\ttab", "a\0b"])
    async def test_goes_in_and_out_as_utf8(self, desk: Desk, text: str) -> None:
        async with user(desk) as script:
            put = await script.put("/api/clipboard", content=text.encode())
            assert put.status_code == 204
            assert desk.clipboard_text == text
            got = await script.get("/api/clipboard")
            assert got.content.decode() == text
            assert got.headers["content-type"] == "text/plain; charset=utf-8"

    async def test_is_not_shown_to_a_viewer(self, desk: Desk) -> None:
        desk.clipboard_text = "secret"
        async with client(make_app(desk), headers=VIEW_BEARER) as viewer:
            answer = await viewer.get("/api/clipboard")
            assert answer.status_code == 403
            assert "secret" not in answer.text

    async def test_takes_a_mebibyte_and_no_more(self, desk: Desk) -> None:
        async with user(desk) as script:
            whole = await script.put("/api/clipboard", content=b"x" * 1_048_576)
            assert whole.status_code == 204
            more = await script.put("/api/clipboard", content=b"y" * 1_048_577)
            assert more.status_code == 413
        assert desk.clipboard_text == "x" * 1_048_576

    async def test_must_be_utf8(self, desk: Desk) -> None:
        async with user(desk) as script:
            answer = await script.put("/api/clipboard", content=b"gr\xfc\xdfe")
        assert answer.status_code == 400
        assert "UTF-8" in answer.json()["error"]


async def test_the_screenshot(desk: Desk) -> None:
    async with client(make_app(desk), headers=VIEW_BEARER) as viewer:
        answer = await viewer.get("/api/screenshot")
    assert answer.headers["content-type"] == "image/png"
    assert answer.content == await desk.screenshot()


async def test_restarting_the_application(desk: Desk) -> None:
    async with user(desk) as script:
        assert (await script.get("/api/app/restart")).status_code == 405
        assert desk.restarts == 0
        assert (await script.post("/api/app/restart")).status_code == 204
    assert desk.restarts == 1


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/api/screenshot", b""),
        ("PUT", "/api/display", b'{"width":800,"height":600}'),
        ("PUT", "/api/clipboard", b"text"),
    ],
)
async def test_without_a_display(desk: Desk, method: str, path: str, body: bytes) -> None:
    desk.status = replace(READY, stage=Stage.DISPLAY, display=None)
    async with user(desk) as script:
        answer = await script.request(method, path, content=body)
    assert answer.status_code == 503
    assert answer.json()["error"] == "the display is not running"
    assert answer.headers["retry-after"] == "1"


async def test_a_display_that_dies_meanwhile(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    async def lost() -> bytes:
        raise ConnectionLost("the X server has closed the connection")

    monkeypatch.setattr(desk, "screenshot", lost)
    async with user(desk) as script:
        answer = await script.get("/api/screenshot")
    assert answer.status_code == 503
    assert answer.json()["error"] == "the X server has closed the connection"


@pytest.mark.parametrize("stage", Stage)
async def test_readiness(desk: Desk, stage: Stage) -> None:
    desk.status = replace(READY, stage=stage)
    async with client(make_app(desk)) as probe:
        ready, healthy = await probe.get("/readyz"), await probe.get("/healthz")
    assert ready.status_code == (200 if stage is Stage.READY else 503)
    assert healthy.status_code == 200


async def test_errors_are_pages_for_a_browser(desk: Desk) -> None:
    async with user(desk, **HTML) as browser:
        answer = await browser.get("/api/nowhere/<b>")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "<h1>not found</h1>" in answer.text
    assert "<b>" not in answer.text

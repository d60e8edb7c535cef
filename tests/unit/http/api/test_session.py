"""The session as JSON."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from desktopd.data_policy import Copies, Screenshots
from desktopd.files.sharing import Rules
from desktopd.http.api.allowed_json import allowed_json
from desktopd.rfb.viewers.pixel_path import PixelPath
from desktopd.rfb.viewers.viewer import Role, Viewer
from desktopd.rfb.viewers.viewers import Viewers
from desktopd.session.status import ServiceState, ServiceStatus, SessionStatus, Stage
from tests.unit.http.desktop import BEARER, HTML, READY, VIEW_BEARER, Desk, client, make_app, user


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
            "scale": 1.0,
            "xauthority": "/run/xauthority",
        },
        "gpu": {"name": "", "reason": "", "renderer": "software"},
        "rfb": {"path": "x11vnc", "baseline": False},
        "windows": [],
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
        "obstacles": [],
        "landlock": None,
        "ends_in": None,
        "banner": "",
        "allowed": {
            "copies_in": True,
            "copies_out": True,
            "files_in": False,
            "files_out": False,
            "screenshots": True,
        },
        "app": {
            "name": "napari",
            "command": "napari --reset",
            "state": "running",
            "restarts": 0,
            "error": None,
            "answers": True,
            "log": "",
            "exit": None,
            "restored": None,
        },
    }


@pytest.mark.parametrize(
    ("policy", "rules", "control", "view"),
    [
        ((Copies.BOTH, Screenshots.ALL), Rules(for_viewers=True), "11111", "00011"),
        ((Copies.IN, Screenshots.CONTROL), Rules(download=False), "10101", "00000"),
        ((Copies.OUT, Screenshots.OFF), Rules(upload=False), "01010", "00000"),
        ((Copies.OFF, Screenshots.OFF), None, "00000", "00000"),
    ],
)
def test_what_leaves_is_told_by_direction_and_role(
    policy: tuple[Copies, Screenshots], rules: Rules | None, control: str, view: str
) -> None:
    for role, bits in ((Role.CONTROL, control), (Role.VIEW, view)):
        allowed = allowed_json(*policy, rules, role)
        assert [*allowed] == ["copies_in", "copies_out", "files_in", "files_out", "screenshots"]
        assert "".join(str(int(one)) for one in allowed.values()) == bits


async def test_the_banner_is_for_everybody_and_on_the_sign_in() -> None:
    app = make_app(banner="All of this is <recorded>.")
    async with client(app, headers=VIEW_BEARER) as viewer:
        assert (await viewer.get("/api/session")).json()["banner"] == "All of this is <recorded>."
    async with client(app, headers=HTML) as stranger:
        page = (await stranger.get("/")).text
        assert '<p class="banner" role="note">All of this is &lt;recorded&gt;.</p>' in page
    async with client(make_app(), headers=HTML) as stranger:
        assert 'role="note"' not in (await stranger.get("/")).text


async def test_a_viewer_is_told_neither_logs_nor_the_cookie_file(desk: Desk) -> None:
    desk.status = with_application(state=ServiceState.FAILED, error="exit 1", log="Traceback")
    app = make_app(desk)
    async with client(app, headers=VIEW_BEARER) as viewer, client(app, headers=BEARER) as owner:
        seen = (await viewer.get("/api/session")).json()
        known = (await owner.get("/api/session")).json()
    assert (seen["app"]["log"], seen["display"]["xauthority"]) == ("", None)
    assert (known["app"]["log"], known["display"]["xauthority"]) == ("Traceback", "/run/xauthority")
    assert (seen["app"]["command"], known["app"]["command"]) == ("napari", "napari --reset")
    assert seen["app"]["error"] == known["app"]["error"] == "exit 1"


async def test_a_viewer_is_told_of_a_failure_and_not_what_its_log_said(desk: Desk) -> None:
    error = "Xorg: no screens found\n(EE) /home/ada/.config/xorg.conf"
    desk.status = replace(
        READY,
        stage=Stage.FAILED,
        services=tuple(
            ServiceStatus(name, ServiceState.FAILED, error=error)
            for name in ("display", "application")
        ),
    )
    app = make_app(desk)
    async with client(app, headers=VIEW_BEARER) as viewer, client(app, headers=BEARER) as owner:
        seen = (await viewer.get("/api/session")).text
        known = (await owner.get("/api/session")).text
    assert (seen.count("no screens found"), seen.count("ada")) == (4, 0)
    assert (known.count("no screens found"), known.count("ada")) == (4, 4)


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        (ServiceState.FAILED, "last lines"),
        (ServiceState.BACKOFF, "last lines"),
        (ServiceState.RUNNING, ""),
        (ServiceState.STARTING, "last lines"),
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

"""The probes of whoever runs the container."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desktopd.rfb.relay.relay_server import RelayServer
from desktopd.session.status import ServiceState, ServiceStatus, Stage
from tests.unit.http.desktop import READY, Desk, client, make_app


@pytest.mark.parametrize("stage", Stage)
async def test_readiness(desk: Desk, stage: Stage) -> None:
    desk.status = replace(READY, stage=stage)
    async with client(make_app(desk)) as probe:
        ready, healthy = await probe.get("/readyz"), await probe.get("/healthz")
    assert ready.status_code == (200 if stage is Stage.READY else 503)
    assert healthy.status_code == 200


async def test_a_stranger_does_not_hear_why_it_failed(desk: Desk) -> None:
    broken = ServiceStatus("display", ServiceState.FAILED, error="/home/ada/x: no such file")
    desk.status = replace(READY, stage=Stage.FAILED, services=(broken,))
    async with client(make_app(desk)) as probe:
        ready = await probe.get("/readyz")
    assert ready.json()["error"] == "display failed"


async def test_it_is_not_ready_while_nobody_could_see_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RelayServer, "shows", False)
    async with client(make_app(desk)) as probe:
        ready = await probe.get("/readyz")
    assert (ready.status_code, ready.json()["error"]) == (503, "the display cannot be shown")

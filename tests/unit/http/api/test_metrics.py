"""Metrics for Prometheus."""

from dataclasses import replace

from prometheus_client.parser import text_string_to_metric_families

from desktopd.budgets import KEPT, Budget, Budgets
from desktopd.http.api.metrics import Metrics
from desktopd.rfb.viewers.pixel_path import PixelPath
from desktopd.rfb.viewers.viewer import Role, Viewer
from desktopd.rfb.viewers.viewers import Viewers
from desktopd.session.status import Stage
from tests.unit.http.desktop import BEARER, READY, VIEW_BEARER, Desk, client, make_app

BUDGETS = Budgets(dict.fromkeys(Budget, 9))
Samples = dict[tuple[str, str], float]


async def scrape(app: object, headers: dict[str, str] = BEARER) -> Samples:
    async with client(app, headers=headers) as prometheus:  # type: ignore[arg-type]
        answer = await prometheus.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    families = text_string_to_metric_families(answer.text)
    return {
        (sample.name, ",".join(sample.labels.values())): sample.value
        for family in families
        for sample in family.samples
    }


async def test_viewers_and_their_bytes() -> None:
    viewers = Viewers()
    app = make_app(viewers=viewers)
    one = Viewer(role=Role.CONTROL, address="192.0.2.1", path=PixelPath.X11VNC)
    two = Viewer(role=Role.VIEW, address="192.0.2.2", path=PixelPath.X11VNC)
    one.bytes_sent, two.bytes_sent = 1000, 234
    with viewers.add(one), viewers.add(two):
        samples = await scrape(app, VIEW_BEARER)
    assert samples["desktopd_viewers", "control"] == samples["desktopd_viewers", "view"] == 1
    assert samples["desktopd_sent_bytes_total", ""] == 1234
    assert (await scrape(app))["desktopd_viewers", "view"] == 0


async def test_bytes_never_become_less() -> None:
    viewers = Viewers()
    app = make_app(viewers=viewers)
    for _ in range(2):
        viewer = Viewer(role=Role.VIEW, address="192.0.2.1", path=PixelPath.X11VNC)
        with viewers.add(viewer):
            viewer.bytes_sent = 500
    assert (await scrape(app))["desktopd_sent_bytes_total", ""] == 1000


async def test_stage_and_restarts() -> None:
    services = (replace(READY.services[0], restarts=3), *READY.services[1:])
    samples = await scrape(make_app(Desk(replace(READY, stage=Stage.FAILED, services=services))))
    assert samples["desktopd_stage", "failed"] == 1
    assert sum(value for (name, _), value in samples.items() if name == "desktopd_stage") == 1
    assert samples["desktopd_service_restarts_total", "display"] == 3
    assert samples["desktopd_service_restarts_total", "rfb"] == 0


def test_the_time_until_readiness_is_that_of_the_first() -> None:
    now = [100.0]
    desk = Desk(replace(READY, stage=Stage.DISPLAY))
    metrics = Metrics(desk, Viewers(), BUDGETS, lambda: now[0])

    def ready_seconds() -> list[float]:
        families = [m for m in metrics.collect() if m.name == "desktopd_ready_seconds"]
        return [family.samples[0].value for family in families]

    assert ready_seconds() == []
    now[0] = 103.5
    desk.become(stage=Stage.READY)
    now[0] = 200.0
    desk.become(stage=Stage.APPLICATION)
    desk.become(stage=Stage.READY)
    assert ready_seconds() == [3.5]


def test_places_are_all_that_can_be_taken() -> None:
    families = {family.name: family for family in Metrics(Desk(), Viewers(), BUDGETS).collect()}
    places = {one.labels["budget"]: one.value for one in families["desktopd_places"].samples}
    assert (places["captures"], places["lookups"]) == (9, 9 + KEPT)


async def test_the_process_is_measured_and_applications_do_not_share_a_registry() -> None:
    first, second = make_app(), make_app()
    for app in (first, second):
        assert (await scrape(app))["process_open_fds", ""] > 0

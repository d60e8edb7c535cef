"""GET ``/metrics`` for Prometheus, in a registry of its own."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, StateSetMetricFamily
from prometheus_client.exposition import generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response

from desktopd.budgets import Budgets
from desktopd.http.api.served_session import ServedSession
from desktopd.rfb.viewers.viewer import Role
from desktopd.rfb.viewers.viewers import Viewers
from desktopd.session.status import Stage


class Metrics(Collector):
    """Reads session and viewers when it is asked; remembers only what has passed."""

    def __init__(
        self,
        session: ServedSession,
        viewers: Viewers,
        budgets: Budgets,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._session = session
        self._viewers = viewers
        self._budgets = budgets
        self._clock = clock
        self._started = clock()
        self._ready_after: float | None = None
        self._registry = CollectorRegistry()
        self._registry.register(self)
        ProcessCollector(registry=self._registry)
        session.on_change(self._note_readiness)

    async def scrape(self, request: Request) -> Response:
        """The text format."""
        return Response(generate_latest(self._registry), media_type=CONTENT_TYPE_LATEST)

    def collect(self) -> Iterator[Metric]:
        """The metrics at this moment."""
        yield self._viewers_by_role()
        yield CounterMetricFamily(
            "desktopd_sent_bytes",
            "Bytes of pictures sent to viewers",
            value=self._viewers.bytes_sent,
        )
        restarts = CounterMetricFamily(
            "desktopd_service_restarts", "Restarts of a service", labels=["service"]
        )
        status = self._session.status
        for service in status.services:
            restarts.add_metric([service.name], service.restarts)
        yield restarts
        yield from self._places()
        stages = StateSetMetricFamily("desktopd_stage", "How far the session has come")
        stages.add_metric([], {stage.value: stage is status.stage for stage in Stage})
        yield stages
        if self._ready_after is not None:
            yield GaugeMetricFamily(
                "desktopd_ready_seconds", "From the start to readiness", value=self._ready_after
            )

    def _viewers_by_role(self) -> Metric:
        count = Counter(viewer.role for viewer in self._viewers)
        family = GaugeMetricFamily("desktopd_viewers", "Connected viewers", labels=["role"])
        for role in Role:
            family.add_metric([role.value], count[role])
        return family

    def _places(self) -> Iterator[Metric]:
        labels = ["budget"]
        taken = GaugeMetricFamily("desktopd_places_taken", "Places in use", labels=labels)
        most = GaugeMetricFamily("desktopd_places", "Places there are", labels=labels)
        displaced = CounterMetricFamily(
            "desktopd_displaced", "Places refused, or given to somebody else", labels=labels
        )
        for budget, share in self._budgets.shares.items():
            taken.add_metric([budget.value], share.taken)
            most.add_metric([budget.value], share.places)
            displaced.add_metric([budget.value], share.displaced)
        yield from (taken, most, displaced)

    def _note_readiness(self) -> None:
        if self._ready_after is None and self._session.status.stage is Stage.READY:
            self._ready_after = self._clock() - self._started

"""What users of Open OnDemand see, by an Apache with its rules: its own noVNC, and the product."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from desktopd.geometry import Size
from tests.bench import stacks
from tests.bench.stacks import Served
from tests.deploy.apache import portal

DEBIANS_NOVNC = Path("/usr/share/novnc")
"""Of Debian 12: 1.3.0, which is what Open OnDemand ships."""
SETTINGS = "?quality=2&compression=6"
"""Those of Open OnDemand's form."""


@contextmanager
def ondemand_tigervnc(size: Size) -> Iterator[Served]:
    """Xtigervnc, websockify, and noVNC with the settings of Open OnDemand."""
    if not DEBIANS_NOVNC.exists():
        raise FileNotFoundError(f"{DEBIANS_NOVNC} is missing: apt-get install novnc")
    with stacks.tigervnc(size, DEBIANS_NOVNC) as served, _below_rnode(served, SETTINGS) as shown:
        yield shown


@contextmanager
def ondemand_desktopd(size: Size) -> Iterator[Served]:
    """The product."""
    with stacks.desktopd("native", size) as served, _below_rnode(served) as shown:
        yield shown


@contextmanager
def _below_rnode(served: Served, query: str = "") -> Iterator[Served]:
    with tempfile.TemporaryDirectory(prefix="dd-") as name:
        apache = portal(Path(name), login=False)
        try:
            path = f"/rnode/127.0.0.1/{served.port}{served.path}{query}"
            pids = [*served.pids, apache.process.pid]
            yield replace(served, port=apache.port, path=path, pids=pids)
        finally:
            apache.stop()

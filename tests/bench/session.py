"""One stack with its link, its browser and its viewers, on which workloads run in turn."""

from __future__ import annotations

import base64
import io
import os
import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from playwright.sync_api import Page, Playwright

from desktopd.geometry import Size
from tests.bench import barcode, picture, usage
from tests.bench.all_stacks import STACKS
from tests.bench.child import Child
from tests.bench.drag import SLIDER_STEP, STEP, Drag, latencies
from tests.bench.measure import Cell, Interval, Result, Sample, motion, percentile
from tests.bench.record import environment, recorded
from tests.bench.stacks import Served
from tests.chromium import FLAGS
from tests.daemon import until

PROBE = Path(__file__).with_name("probe.js").read_text()
WARM = 1.5  # seconds before anything is measured
AT_REST = 3.0  # the same for a still desktop, whose picture may still be refined
LONGER = 3.0  # seconds more for napari itself, which draws few frames a second
CLICKS = 16
PAUSE = (0.15, 0.35)  # seconds between clicks
ARMED = 0.06  # seconds in which the probe learns how the square was
ANSWER = 4000  # ms within which a click must show
REST = 4.0  # seconds for the picture to become exact
LIVE = "napari-live"
DRAGS = {
    "drag-3d": "3d",
    "drag-large": "large",
    "drag-points": "points",
    "drag-2d": "2d",
    "drag-slider": "slider",
}
"""Scenes of napari itself that are turned, or moved, by the mouse."""
STILL = ("idle", "click")
ONE_CORNER = ("typing", LIVE, *DRAGS)
EXACT_WITHIN = 20.0  # seconds from the end of a drag
QUIET = 0.7  # seconds without a frame after which napari has drawn its last


@dataclass(frozen=True, slots=True)
class Work:
    """A workload and how many frames a second it draws."""

    name: str
    rate: float = 30

    @classmethod
    def parse(cls, text: str) -> Work:
        """Read ``NAME`` or ``NAME@RATE``."""
        name, _, rate = text.partition("@")
        return cls(name, float(rate or 30))

    def __str__(self) -> str:
        return f"{self.name}@{self.rate:g}" if self.name.startswith("replay") else self.name

    @property
    def scene(self) -> str:
        """Whose frames it shows."""
        return "2d" if self.name == "replay2d" else "3d"


@dataclass(frozen=True, slots=True)
class Reading:
    """Every counter at one moment."""

    time: float
    down: int
    frames: list[int]
    server: float
    browser: float
    viewers: float
    machine: float


class Session:
    """What is open for a cell; made by `opened`."""

    def __init__(self, cell: Cell, cache: Path, folder: Path, served: Served) -> None:
        self.cell = cell
        self.size = Size.parse(cell.size)
        self.link = Child("tests.bench.link", served.port, cell.link, log=folder / "link.log")
        self.page: Page
        self.browser_pids: set[int] = set()
        self.viewers: Child | None = None
        self.said: list[str] = []
        """By scripts of the page."""
        self._cache = cache
        self._folder = folder
        self._served = served
        self._firsts = count(1)
        self._random = random.Random(cell.repeat)

    @property
    def address(self) -> str:
        """The page, through the link."""
        return f"http://127.0.0.1:{self.link.greeting['port']}{self._served.path}"

    @contextmanager
    def working(self, work: Work) -> Iterator[Child]:
        """Run a workload, once its first frame is in the page."""
        first = next(self._firsts)
        arguments: list[object]
        if work.name == LIVE:
            module, arguments = "tests.bench.live", [self.size, first, "3d", "turns"]
        elif work.name in DRAGS:
            mode = "motion" if self._served.motion else "napari"
            module, arguments = "tests.bench.live", [self.size, first, DRAGS[work.name], mode]
        else:
            frames = recorded(work.scene, self.size, self._cache)
            module, arguments = "tests.bench.workload", [work.name, work.rate, frames, first]
        variables = environment(dict(self._served.environment), self._folder)
        child = Child(module, *arguments, log=self._folder / "work.log", environment=variables)
        try:
            self._wait_for(first)
            yield child
        finally:
            child.stop()

    def _wait_for(self, number: int) -> None:
        """Until the page shows a frame."""
        try:
            until(lambda: self._top() == number, 40, f"frame {number} in the page")
        except AssertionError as error:
            place = self.page.evaluate("probe.place()")
            raise AssertionError(f"{error}, {place}; it said {self.said[-5:]}") from None

    def run(self, work: Work, seconds: float, *, pictures: bool) -> Result:
        """Measure a workload for `seconds`; `pictures`: also how good they are."""
        with self.working(work) as child:
            time.sleep(AT_REST if work.name in STILL else WARM)
            if work.name.startswith("click"):
                values = self._click(child)
            elif work.name in DRAGS:
                values = self._drag(child, DRAGS[work.name], seconds + LONGER)
            else:
                values = self._watch(child, work, seconds + LONGER * (work.name == LIVE))
            if pictures and work.name.startswith("replay"):
                values |= {"psnr": self._psnr(work), "exact": self._exact(child)}
        return Result(**asdict(self.cell), workload=str(work), **values)

    def _watch(self, child: Child, work: Work, seconds: float) -> dict[str, Any]:
        if work.name != "idle":
            child.tell("go")
            time.sleep(WARM)
        self.page.evaluate("probe.take()")
        before = self._read()
        time.sleep(seconds)
        after = self._read()
        samples = [Sample(*sample) for sample in self.page.evaluate("probe.take()")]
        values = self._used(before, after)
        if work.name != "idle":
            within = Interval(before.time * 1000, after.time * 1000)
            corners = 1 if work.name in ONE_CORNER else 2
            values |= asdict(motion(samples, _drawn(child), within, corners=corners))
        return values

    def _drag(self, child: Child, scene: str, seconds: float) -> dict[str, Any]:
        """Turn the scene with the mouse, and wait for the exact picture."""
        place, (x, y) = self.page.evaluate("probe.place()"), child.greeting["middle"]
        child.tell("go")
        step = SLIDER_STEP if scene == "slider" else STEP
        way = (self.page.mouse, place["x"] + x, place["y"] + y, step)
        Drag(*way).run(WARM)
        self.page.evaluate("probe.take()")
        before, drag = self._read(), Drag(*way)
        drag.run(seconds)
        after = self._read()
        self._wait_until_exact(child)
        samples = [Sample(*sample) for sample in self.page.evaluate("probe.take()")]
        within = Interval(before.time * 1000, after.time * 1000)
        drawn, reached = _drawn(child), dict(child.ask("reached")["reached"])
        inputs = latencies(samples, reached, drag.sent, within)
        last = [sample.time for sample in samples if sample.top == max(drawn)]
        return {
            **self._used(before, after),
            **asdict(motion(samples, drawn, within, corners=1)),
            "input_p50": percentile(inputs, 50),
            "input_p95": percentile(inputs, 95),
            "exact": last[0] - drag.released if last else None,
        }

    def _wait_until_exact(self, child: Child) -> None:
        deadline = time.monotonic() + EXACT_WITHIN
        while time.monotonic() < deadline:
            answer = child.ask("reached")
            drawn = max(_drawn(child).values())
            if answer["exact"] and time.time() * 1000 - drawn > QUIET * 1000:
                return
            time.sleep(0.1)

    def _click(self, child: Child) -> dict[str, Any]:
        place = self.page.evaluate("probe.place()")
        x, y = place["x"] + place["width"] / 2, place["y"] + place["height"] / 2
        child.tell("go")
        for _ in range(2):  # the first gives the page its focus
            self._latency(x, y)
        before = self._read()
        latencies = [self._latency(x, y) for _ in range(CLICKS)]
        values = self._used(before, self._read())
        found = [latency for latency in latencies if latency is not None]
        return values | {
            "latency_p50": percentile(found, 50),
            "latency_p95": percentile(found, 95),
            "missed": len(latencies) - len(found),
        }

    def _latency(self, x: float, y: float) -> float | None:
        time.sleep(self._random.uniform(*PAUSE))
        self.page.evaluate("probe.arm()")
        time.sleep(ARMED)
        self.page.mouse.click(x, y)
        latency: float | None = self.page.evaluate(f"probe.latency({ANSWER})")
        return latency

    def _psnr(self, work: Work) -> float | None:
        """The median of three pictures in motion, None where none could be told."""
        frames = np.load(recorded(work.scene, self.size, self._cache), mmap_mode="r")
        where = picture.moving(frames)
        values = []
        for _ in range(3):
            _, data = self.page.evaluate("probe.capture()").split(",")
            shown = np.asarray(Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB"))
            top = barcode.read(shown)
            bottom = barcode.read(shown[-barcode.HEIGHT :, -barcode.WIDTH :])
            if top is not None and top == bottom:
                wanted = frames[picture.back_and_forth(top, len(frames))][..., 2::-1]
                values.append(picture.psnr(shown, wanted, where))
        return statistics.median(values) if values else None

    def _exact(self, child: Child) -> float | None:
        """ms until the last frame is exact in the page, None if it never is."""
        held = child.ask("hold")
        drawn = _drawn(child)[held["number"]]
        self.page.evaluate("probe.digest(true)")
        deadline = time.monotonic() + REST
        while time.monotonic() < deadline:
            for seen in self.page.evaluate("probe.digest(true)"):
                if seen["digest"] == held["digest"]:
                    return float(seen["time"]) - drawn
            time.sleep(0.1)
        return None

    def _read(self) -> Reading:
        return Reading(
            time=time.time(),
            down=self.link.ask()["down"],
            frames=self.viewers.ask()["frames"] if self.viewers else [],
            server=usage.cpu_seconds(self._served.pids),
            browser=usage.cpu_seconds(self.browser_pids),
            viewers=usage.cpu_seconds([self.viewers.process.pid]) if self.viewers else 0,
            machine=usage.machine_seconds(),
        )

    def _used(self, before: Reading, after: Reading) -> dict[str, Any]:
        seconds = after.time - before.time
        values: dict[str, Any] = {
            "seconds": seconds,
            "kilobytes": (after.down - before.down) / seconds / 1000,
            "server_cpu": (after.server - before.server) / seconds,
            "browser_cpu": (after.browser - before.browser) / seconds,
            "machine_cpu": (after.machine - before.machine) / seconds,
            "server_memory": usage.memory(self._served.pids) / 2**20,
        }
        if self.viewers:
            pairs = zip(before.frames, after.frames, strict=True)
            rates = [(end - start) / seconds for start, end in pairs]
            values["viewer_frames"] = statistics.median(rates)
            values["viewer_frames_least"] = min(rates)
            values["viewers_cpu"] = (after.viewers - before.viewers) / seconds
        return values

    def _top(self) -> int | None:
        sample = self.page.evaluate("probe.last()")
        return int(sample[1]) if sample else None

    @cached_property
    def code(self) -> dict[str, int]:
        """What the probe has to know."""
        return {"width": self.size.width, "height": self.size.height, **barcode.LAYOUT}


def _drawn(child: Child) -> dict[int, float]:
    """When each frame was drawn, ms since 1970."""
    return {number: drawn * 1000 for number, drawn in child.ask("drawn")["drawn"]}


@contextmanager
def opened(cell: Cell, cache: Path, playwright: Playwright) -> Iterator[Session]:
    """Start everything, and wait until the page shows the desktop."""
    size = Size.parse(cell.size)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dd-bench-")))
        served = stack.enter_context(STACKS[cell.stack](size))
        session = Session(cell, cache, folder, served)
        stack.callback(session.link.stop)
        others = usage.tree([os.getpid()])
        flags = [flag for flag in FLAGS if flag != "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=flags)
        stack.callback(browser.close)
        session.browser_pids = usage.tree([os.getpid()]) - others
        viewport = {"width": size.width, "height": size.height}
        session.page = browser.new_page(viewport=viewport)  # type: ignore[arg-type]
        session.page.on("console", lambda message: session.said.append(message.text))
        session.page.on("pageerror", lambda error: session.said.append(str(error)))
        session.page.goto(session.address)
        session.page.evaluate(PROBE, session.code)
        with session.working(Work("idle")):
            if cell.viewers > 1:
                url = f"ws://127.0.0.1:{served.port}/websockify"
                arguments = [cell.viewers - 1, url, served.token, cell.size]
                log = folder / "viewers.log"
                session.viewers = Child("tests.bench.viewers", *arguments, log=log)
                stack.callback(session.viewers.stop)
        yield session

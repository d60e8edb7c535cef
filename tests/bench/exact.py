"""napari as users have it: from the end of a drag to the exact picture in the page.

    python -m tests.bench.exact --drags 10

Prints for each drag the ms until the middle of the canvas changes no more, and what the companion
says that napari's drawing took, and the medians. The scene is that of ``drag-3d``. At each refresh
the page looks at each fourth pixel of both directions: all of them took half a core from napari.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import time
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Page, sync_playwright

from desktopd.geometry import Size
from tests.bench.drag import Drag
from tests.bench.scenes import specimen
from tests.chromium import FLAGS
from tests.daemon import Daemon, short_folder, until

SIZE = Size(1280, 720)
SHAPE = (64, 160, 160)
PLACE = (810, 330)
"""About the middle of the canvas, in pixels of the desktop."""
SECONDS = 1.0
"""Of a drag, and of the pause after it."""
REST = 2.5
"""Seconds after which the picture is the exact one, as a rule."""
LOOK = """() => {
    const size = element => element.width * element.height;
    const [desktop] = [...document.querySelectorAll("canvas")].sort((a, b) => size(b) - size(a));
    const copy = new OffscreenCanvas(160, 75).getContext("2d", { willReadFrequently: true });
    copy.imageSmoothingEnabled = false;
    window.seen = [];
    const look = () => {
        copy.drawImage(desktop, 490, 180, 640, 300, 0, 0, 160, 75);
        const pixels = new Uint32Array(copy.getImageData(0, 0, 160, 75).data.buffer);
        let digest = 0;
        pixels.forEach((pixel, at) => { digest = digest + Math.imul(pixel, at * 2 + 1) | 0; });
        seen.push([performance.timeOrigin + performance.now(), digest]);
        requestAnimationFrame(look);
    };
    look();
}"""


def write_scene(folder: Path) -> str:
    """Two channels as files; returns the command line of napari for them."""
    nuclei = specimen(SHAPE, cells=140, seed=3)
    np.save(folder / "nuclei.npy", nuclei)
    np.save(folder / "membranes.npy", np.roll(nuclei, (7, 23, 31), (0, 1, 2)))
    return f"napari {folder}/nuclei.npy {folder}/membranes.npy"


def show_scene(desktop: Daemon) -> None:
    """Have napari show them as a volume."""
    until(lambda: (desktop.request("GET", "/api/app").json()["companion"] or {}).get("ready"), 120)
    for layer, colour, limits in (
        ("nuclei", "green", (30, 700)),
        ("membranes", "magenta", (60, 900)),
    ):
        values = {"colormap": colour, "contrast_limits": limits, "blending": "additive"}
        desktop.request("PATCH", f"/api/app/layers/{layer}", json=values).raise_for_status()
    desktop.request("PUT", "/api/app/dims", json={"ndisplay": 3}).raise_for_status()


def exact_after(page: Page, desktop: Daemon) -> float:
    """Drag once; returns ms from the release to the last change that is seen."""
    drag = Drag(page.mouse, *PLACE)
    drag.run(SECONDS)
    page.evaluate("seen.length = 0")
    time.sleep(REST)
    # A slow machine may take longer.
    until(lambda: motion_of(desktop)["exact"], 60)
    time.sleep(SECONDS)
    seen = page.evaluate("seen")
    last = seen[-1][1]
    return float(next(at for at, digest in seen if digest == last) - drag.released)


def motion_of(desktop: Daemon) -> dict[str, Any]:
    """What the companion says of the picture."""
    return dict(desktop.request("GET", "/api/app/motion").json())


def measure(page: Page, desktop: Daemon, drags: int) -> None:
    """Drag, and print what it took."""
    page.evaluate(LOOK)
    afters, drawings = [], []
    for _ in range(drags):
        afters.append(exact_after(page, desktop))
        drawings.append(1000 * (motion_of(desktop)["exact_seconds"] or 0.0))
        print(f"exact after {afters[-1]:.0f} ms, of which napari drew {drawings[-1]:.0f}")
    print(f"medians: {statistics.median(afters):.0f}, {statistics.median(drawings):.0f}")


def main(drags: int) -> None:
    with short_folder() as folder, sync_playwright() as playwright:
        desktop = Daemon(folder, app=write_scene(folder), size=SIZE)
        try:
            show_scene(desktop)
            chromium = shutil.which("chromium")
            browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
            page = browser.new_page(viewport={"width": SIZE.width, "height": SIZE.height})
            page.goto(desktop.page)
            page.wait_for_selector("html[data-link=connected]")
            time.sleep(REST)
            measure(page, desktop, drags)
        finally:
            desktop.stop()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--drags", type=int, default=10, help="how many")
    main(parser.parse_args().drags)

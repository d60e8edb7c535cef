"""A GPU check: which renderer the application gets on each X server, and what napari does with it.

tests/gpu/run starts it. The exit status is 1 where something that is there does not work: a GPU
that is found and not used, an X server, napari, or a `desktopd check` that says something else.
"""

from __future__ import annotations

import argparse
import asyncio
import ctypes
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from desktopd import config
from desktopd.options import session_options
from desktopd.session.backends.display_numbers import remove_dead_locks
from desktopd.session.backends.start import start
from desktopd.session.backends.table import BACKENDS
from desktopd.session.errors import LaunchError
from desktopd.session.gpu import GlError, Gpu, Renderer, confirmed, detect, gl_renderer

SCRIPT = Path(__file__).with_name("turning.py")
WAYS = (Renderer.NVIDIA, Renderer.DRI)
NAPARI_WITHIN = 60.0
ENCODER = "libnvidia-encode.so.1"
# Names that no driver has, so that each way ends where it would without one.
HIDDEN = (
    Gpu(Renderer.NVIDIA, "a GLX vendor that is missing", {"__GLX_VENDOR_LIBRARY_NAME": "hidden"}),
    Gpu(Renderer.DRI, "a Mesa driver that is missing", {"GALLIUM_DRIVER": "llvmpipe"}),
)


@dataclass
class Report:
    """What has been printed of failures."""

    failures: list[str] = field(default_factory=list)

    def tell(self, what: str, found: str) -> None:
        """Print a finding."""
        print(f"{what:34}{found}", flush=True)

    def fail(self, what: str, found: str) -> None:
        """Print a finding that should be another."""
        self.failures.append(what)
        self.tell(what, f"FAILED: {found}")


@contextmanager
def running(backend: str) -> Iterator[dict[str, str]]:
    """An X server as a session starts it, and the environment of its programs."""
    with tempfile.TemporaryDirectory(prefix="desktopd-gpu-") as folder:
        options = session_options(config.load(["--runtime-dir", folder, "--app", "true"]))
        name, server = start(BACKENDS[backend], options.x_server)
        try:
            place = {"DISPLAY": name, "XAUTHORITY": str(options.authority)}
            yield {**options.environment, **place}
        finally:
            server.terminate()
            server.wait()
            remove_dead_locks()


def find(backend: str, environment: Mapping[str, str], report: Report) -> Gpu:
    """Tell what each way to a GPU finds on this X server; returns what `gpu=auto` takes."""
    for way in WAYS:
        found = detect(way)
        taken = asyncio.run(confirmed(found, environment))
        broken = found.renderer is not Renderer.SOFTWARE and taken.renderer is Renderer.SOFTWARE
        (report.fail if broken else report.tell)(f"{backend}: gpu={way}", str(taken))
    taken = asyncio.run(confirmed(detect(), environment))
    report.tell(f"{backend}: gpu=auto", str(taken))
    try:
        drawn_by = asyncio.run(gl_renderer({**environment, **taken.environment}))
        report.tell(f"{backend}: the application's OpenGL", drawn_by)
    except GlError as error:
        report.fail(f"{backend}: the application's OpenGL", str(error))
    return taken


def compare_with_check(backend: str, taken: Gpu, report: Report) -> None:
    """`desktopd check` has to say the same."""
    command = ("-m", "desktopd", "check", "--display", backend, "--app", "true")
    said = subprocess.run(
        [sys.executable, *command], capture_output=True, text=True, timeout=60, check=False
    ).stdout
    line = next((line for line in said.splitlines() if f"gpu on {backend}" in line), "nothing")
    same = str(taken) in line
    told = "says the same" if same else f"says {line!r}"
    (report.tell if same else report.fail)(f"{backend}: desktopd check", told)


def hide(backend: str, environment: Mapping[str, str], report: Report) -> None:
    """Tell the reasons with which each way falls back where the driver is not there."""
    with tempfile.TemporaryDirectory(prefix="desktopd-gpu-") as empty:
        for way in WAYS:
            found = detect(way, Path(empty))
            report.tell(f"{backend}: {way} without its files", str(found))
    for gpu in HIDDEN:
        fallen = asyncio.run(confirmed(gpu, environment))
        works = fallen.renderer is Renderer.SOFTWARE and fallen.reason
        told = report.tell if works else report.fail
        told(f"{backend}: {gpu.renderer} without its driver", str(fallen))


def turn(
    backend: str, environment: Mapping[str, str], taken: Gpu, seconds: float, report: Report
) -> None:
    """Tell how often napari shows a turning volume, with and without the companion's motion."""
    for mode in ("exact", "motion"):
        what = f"{backend}: napari, {mode}"
        try:
            done = subprocess.run(
                [sys.executable, str(SCRIPT), mode, str(seconds)],
                env={**os.environ, **environment, **taken.environment},
                capture_output=True,
                text=True,
                timeout=NAPARI_WITHIN + seconds,
                check=True,
            )
            found = json.loads(done.stdout.splitlines()[-1])
        except subprocess.TimeoutExpired:
            report.fail(what, "it did not end in time")
        except subprocess.CalledProcessError as error:
            report.fail(what, f"status {error.returncode}: {error.stderr[-500:]}")
        else:
            rate, divisor, name = found["frames"], found["divisor"], found["renderer"]
            report.tell(what, f"{rate:.1f} frames/s, one pixel for {divisor} x {divisor}; {name}")


def tell_of_video(report: Report) -> None:
    """The daemon encodes with x264 on the cores; whether the driver has NVENC is told beside it."""
    try:
        library = ctypes.CDLL(ENCODER)
    except OSError:
        report.tell("NVENC", f"no {ENCODER} here; desktopd encodes with x264 in any case")
        return
    version = ctypes.c_uint32()
    status = library.NvEncodeAPIGetMaxSupportedVersion(ctypes.byref(version))
    told = f"API {version.value >> 4}.{version.value & 15}" if status == 0 else f"error {status}"
    report.tell("NVENC", f"{ENCODER}: {told}; desktopd does not use it, and encodes with x264")


def look_at(backend: str, seconds: float, report: Report) -> None:
    """Everything on one X server."""
    try:
        with running(backend) as environment:
            taken = find(backend, environment, report)
            compare_with_check(backend, taken, report)
            hide(backend, environment, report)
            if seconds:
                turn(backend, environment, taken, seconds, report)
    except LaunchError as error:
        report.fail(backend, str(error))


def main(arguments: Sequence[str]) -> int:
    """Print the report."""
    parser = argparse.ArgumentParser("tests/gpu/run", description=__doc__)
    parser.add_argument(
        "--seconds", type=float, default=8.0, help="of turning in napari; 0 leaves napari out"
    )
    parser.add_argument("--backends", default="xvfb,xdummy", help="X servers")
    given = parser.parse_args(arguments)
    report = Report()
    found = detect()
    if found.renderer is Renderer.SOFTWARE:
        print(f"THERE IS NO GPU THAT CAN BE USED: {found.reason}\nWhat follows is software.\n")
    else:
        print(f"GPU: {found}\n")
    tell_of_video(report)
    for backend in given.backends.split(","):
        look_at(backend, given.seconds, report)
    print(f"\n{len(report.failures)} failed: {'; '.join(report.failures) or 'nothing'}")
    return int(bool(report.failures))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

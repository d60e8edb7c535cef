"""``desktopd check``: every external part, whether it is here, and what to install."""

from __future__ import annotations

import asyncio
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from desktopd.session.backends import displays
from desktopd.session.errors import LaunchError
from desktopd.session.gpu import GlError, Gpu, Renderer, confirmed, detect, gl_renderer
from desktopd.session.services import SessionOptions
from desktopd.session.window_managers import xfce


@dataclass(frozen=True, slots=True)
class Part:
    """A program: any of `names` will do; `version` are the arguments that make it tell."""

    names: tuple[str, ...]
    package: str
    needed: bool
    version: tuple[str, ...] = ("-version",)


@dataclass(frozen=True, slots=True)
class Finding:
    """A line of the report; `remedy` is empty when all is well."""

    name: str
    found: str
    needed: bool = False
    remedy: str = ""

    def __str__(self) -> str:
        mark = "ok" if not self.remedy else "MISSING" if self.needed else "-"
        tail = f"; {self.remedy}" if self.remedy else ""
        return f"{mark:<8}{self.name:<18}{self.found}{tail}"


def check(options: SessionOptions) -> int:
    """Print the report; returns 1 when something that these settings need is missing."""
    search = options.environment.get("PATH")
    findings = [*(_find(part, search) for part in _parts(options)), *_display_findings(options)]
    for finding in findings:
        print(finding)
    return int(any(finding.remedy and finding.needed for finding in findings))


def _parts(options: SessionOptions) -> Iterator[Part]:
    backends, x11vnc = options.backends, "xvnc" not in options.backends
    yield Part(displays.XORG, "xserver-xorg-core", "xdummy" in backends[-1:])
    yield Part(("Xvfb",), "xvfb", "xvfb" in backends, ())
    yield Part(("Xvnc",), "tigervnc-standalone-server", "xvnc" in backends)
    yield Part(("x11vnc",), "x11vnc", x11vnc)
    wm, app = shlex.split(options.wm)[0], shlex.split(options.app)[0]
    if wm == xfce.NAME:
        # Most of them do not tell their version without a display.
        yield from (Part((name,), package, True, ()) for name, package in xfce.PROGRAMS.items())
    else:
        yield Part((wm,), wm, True, ("--version",))
    yield Part((app,), f"{app}, or set app to another command", True, ())
    yield Part(("glxinfo",), "mesa-utils", False, ())


def _find(part: Part, search: str | None) -> Finding:
    path = next(filter(None, (shutil.which(name, path=search) for name in part.names)), None)
    name = Path(part.names[0]).name
    if path is None:
        return Finding(name, "not found", part.needed, f"install {part.package}")
    return Finding(name, f"{path} {_version([path, *part.version])}" if part.version else path)


def _version(argv: list[str]) -> str:
    """The first line of what a program says of its version."""
    try:
        told = subprocess.run(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=10,
            check=False,
        ).stdout
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"({error})"
    return next((line.strip() for line in told.splitlines() if line.strip()), "")


def _display_findings(options: SessionOptions) -> Iterator[Finding]:
    """Start each X server that the settings allow, and ask it for its OpenGL."""
    last = options.backends[-1]
    for backend in options.backends:
        with tempfile.TemporaryDirectory(prefix="desktopd-") as folder:
            attempt = replace(options, folder=Path(folder))
            try:
                name, server = displays.start(backend, attempt.display_options)
            except LaunchError as error:
                text = str(error).splitlines()[0]
                yield Finding(
                    f"display {backend}", text, backend == last, "install what is missing"
                )
                continue
            place = {"DISPLAY": name, "XAUTHORITY": str(attempt.authority)}
            try:
                gpu, renderer = asyncio.run(
                    _opengl(detect(options.gpu), {**options.environment, **place})
                )
            finally:
                server.terminate()
                server.wait()
            yield Finding(f"display {backend}", f"starts; OpenGL: {renderer}")
            refused = options.gpu != "off" and gpu.renderer is Renderer.SOFTWARE
            wanted = refused and options.gpu != "auto"
            remedy = "mend that, or set gpu=auto" if wanted else ""
            yield Finding(f"gpu on {backend}", str(gpu), wanted, remedy)


async def _opengl(gpu: Gpu, environment: Mapping[str, str]) -> tuple[Gpu, str]:
    """The GPU, if OpenGL takes it on this display, and the renderer that the application gets."""
    gpu = await confirmed(gpu, environment)
    try:
        return gpu, await gl_renderer({**gpu.environment, **environment})
    except GlError as error:
        return gpu, f"none ({error})"

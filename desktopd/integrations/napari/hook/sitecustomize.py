"""Starts the companion in the process that opens napari's window, and touches no other.

Python imports a module of this name at its start (documentation of `site`), and finds this one
where PYTHONPATH holds this folder. Nothing here may keep a program from starting.
"""

from __future__ import annotations

import gc
import importlib.machinery
import importlib.util
import os
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType

HERE = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120
PACKAGE = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))  # noqa: PTH120
NAPARI = "napari"
TRIGGER = "napari.window"
RARELY = 10_000
"""Objects between two collections: napari makes a million at its start, and hardly any rubbish."""
LOCKED = os.environ.get("DESKTOP_COMPANION_LOCKDOWN") == "1"
"""Whether whoever sits before napari is to have no Python; then it does not run without us."""
FORBIDDEN = ("napari_console", "qtconsole", "napari_plugin_manager")


class Watch:
    """Sees the import of napari's window, which the first viewer asks for in the main thread.

    Until it is there the collector of garbage runs seldom, a third of the start otherwise, and it
    leaves alone from then on what has been made by then. Where napari is imported for no window it
    goes on seldom.
    """

    def __init__(self) -> None:
        self._thresholds = gc.get_threshold()

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find `TRIGGER` as the other finders do, and let the companion start after it."""
        if name == NAPARI:
            gc.set_threshold(RARELY, *self._thresholds[1:])
        if name != TRIGGER:
            return None
        sys.meta_path.remove(self)
        if LOCKED:
            # Python's word for what cannot be imported; napari does without them.
            sys.modules.update(dict.fromkeys(FORBIDDEN))  # type: ignore[arg-type]
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.loader is not None:
            load = spec.loader.exec_module

            def load_and_start(module: ModuleType) -> None:
                load(module)
                gc.freeze()
                gc.set_threshold(*self._thresholds)
                start()

            spec.loader.exec_module = load_and_start  # type: ignore[method-assign]
        return spec


def start() -> None:
    """Start the companion from beside this file, also where this Python has no desktopd."""
    try:
        if "desktopd" not in sys.modules:
            spec = importlib.util.spec_from_file_location(
                "desktopd",
                os.path.join(PACKAGE, "__init__.py"),  # noqa: PTH118
                submodule_search_locations=[PACKAGE],
            )
            assert spec is not None
            run(spec)
        importlib.import_module("desktopd.integrations.napari.start").start(HERE)
    except Exception:
        import traceback

        told = "does not start" if LOCKED else "runs"
        print(f"desktopd: napari {told} without its companion:", file=sys.stderr)
        traceback.print_exc()
        if LOCKED:
            sys.exit(1)


def run(spec: ModuleSpec) -> None:
    """Load the module of `spec` under its own name."""
    assert spec.loader is not None
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)


def run_hidden() -> None:
    """Run the module of this name that Python would have found without us."""
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry) != HERE]  # noqa: PTH100
    spec = importlib.machinery.PathFinder.find_spec(__name__)
    if spec is not None:
        run(spec)


sys.meta_path.insert(0, Watch())
run_hidden()

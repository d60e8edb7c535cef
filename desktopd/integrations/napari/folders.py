"""Where napari's dialogs begin, and which files it offers as samples: the daemon's folders.

napari would begin in the home folder until something has been opened, and offers samples of plugins
alone. Neither changes its settings.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

MOST = 30
"""Samples in the menu, which does not scroll."""
NAME, SHOWN = "desktopd", "This desktop"
HISTORIES = ("get_open_history", "get_save_history")


def begin_in(folder: Path) -> None:
    """Have dialogs to open and save begin in `folder`, until their user has been elsewhere."""
    # Who has imported these functions by name has names of its own.
    for module in [module for name, module in sys.modules.items() if name.startswith("napari.")]:
        for name in HISTORIES:
            if callable(history := vars(module).get(name)):
                _replace(module, name, history, str(folder))


def _replace(module: ModuleType, name: str, history: Callable[[], list[str]], folder: str) -> None:
    def begun() -> list[str]:
        folders = history()
        return [folder] if folders == [str(Path.home())] else folders

    setattr(module, name, begun)


def offer_samples(folder: Path) -> None:
    """Put the files of `folder` into the menu File > Open Sample."""
    import npe2

    files = sorted(path for path in folder.iterdir() if not path.name.startswith("."))[:MOST]
    if not files:
        return
    samples = [
        {"key": f"sample{number}", "display_name": file.name, "uri": str(file)}
        for number, file in enumerate(files)
    ]
    manifest: Any = npe2.PluginManifest
    npe2.PluginManager.instance().register(
        manifest(name=NAME, display_name=SHOWN, contributions={"sample_data": samples})
    )

"""Which paths lie in the folders that a locked napari may use. Neither napari nor Qt here.

Tested by tests/unit/integrations/napari/test_inside.py.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

WEB = re.compile(r"https?://", re.I)
QUOTED = re.compile(r'"([^"]*)"')


class Inside:
    """The folders, their real paths; links that lead out of them are outside."""

    def __init__(self, folders: Iterable[Path]) -> None:
        self.folders = tuple(folder.resolve() for folder in folders)

    def __contains__(self, path: str | os.PathLike[str]) -> bool:
        try:
            real = Path(path).resolve()
        except (OSError, RuntimeError, ValueError):
            return False
        return any(real.is_relative_to(folder) for folder in self.folders)

    def check(self, given: Any) -> None:
        """PermissionError where one of the paths lies outside; web addresses are no paths."""
        if isinstance(given, (list, tuple)):
            for one in given:
                self.check(one)
        elif given is not None and not WEB.match(str(given)) and str(given) not in self:
            raise PermissionError(f"{given} is outside of {self.folders[0]}")

    def typed(self, text: str, folder: str) -> bool:
        """Whether all names lie inside that are typed in a dialog which shows `folder`."""
        names = QUOTED.findall(text) or [text]
        # Qt expands a tilde.
        return not any(name.startswith("~") or Path(folder) / name not in self for name in names)

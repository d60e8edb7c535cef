"""Which paths and addresses a locked napari may use. Neither napari nor Qt here.

Tested by tests/unit/integrations/napari/test_inside.py.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

WEB = re.compile(r"https?://", re.I)
PLAIN = re.compile(r"https?://([a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d*)?(?:[/?#][^\s\\]*)?", re.I)


class Inside:
    """The folders, their real paths; links that lead out of them are outside.

    `hosts`: names from which may be read, ``*.example.org`` for all below one.
    """

    def __init__(self, folders: Iterable[Path], hosts: Iterable[str] = ()) -> None:
        self.folders = tuple(folder.resolve() for folder in folders)
        self._hosts = tuple(host.lower() for host in hosts)

    def __contains__(self, path: str | os.PathLike[str]) -> bool:
        try:
            real = Path(path).resolve()
        except (OSError, RuntimeError, ValueError):
            return False
        return any(real.is_relative_to(folder) for folder in self.folders)

    def check(self, given: Any) -> None:
        """PermissionError where one of the paths lies outside, or a web address elsewhere."""
        if isinstance(given, (list, tuple)):
            for one in given:
                self.check(one)
        elif given is not None and WEB.match(str(given)):
            if not self._is_at_a_host(str(given)):
                raise PermissionError(f"{given} is at no host of open_hosts")
        elif given is not None and str(given) not in self:
            raise PermissionError(f"{given} is outside of {self.folders[0]}")

    def _is_at_a_host(self, address: str) -> bool:
        # One that could be read in two ways, as http://a\@b, is at neither.
        plain = PLAIN.fullmatch(address)
        return plain is not None and self.is_host(plain[1])

    @property
    def has_hosts(self) -> bool:
        """Whether anything may be read from the network."""
        return bool(self._hosts)

    def is_host(self, name: str) -> bool:
        """Whether `name` is one of the hosts."""
        host = name.lower()
        return any(
            host.endswith(one[1:]) if one.startswith("*.") else host == one for one in self._hosts
        )

    def typed(self, text: str, folder: str) -> bool:
        """Whether all names lie inside that are typed in a dialog which shows `folder`."""
        # Qt takes every second piece, also where the last quote is missing.
        names = text.split('"')[1::2] if '"' in text else [text]
        # Qt expands a tilde.
        return not any(name.startswith("~") or Path(folder) / name not in self for name in names)

"""A window manager: what the session and ``desktopd check`` know of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from desktopd.session.program import Program


@dataclass(frozen=True, slots=True)
class WindowManagerOptions:
    """`folder` takes its files, `environment` are its variables.

    `kiosk`: one application fills the screen. `application` is the command that a plain desktop
    offers in its menu.
    """

    folder: Path
    environment: Mapping[str, str]
    kiosk: bool
    application: str


@dataclass(frozen=True, slots=True)
class WindowManager:
    """`configure` writes its files and returns the command line that starts it; raises OSError.

    `programs` have to be installed for it. `kiosk`: whether it can show one application alone.
    `take_over` are arguments with which it takes the place of another that runs already.
    """

    name: str
    programs: tuple[Program, ...]
    configure: Callable[[WindowManagerOptions], tuple[str, ...]]
    kiosk: bool = True
    take_over: tuple[str, ...] = ()

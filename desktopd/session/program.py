"""A program that a session needs, as ``desktopd check`` looks for it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Program:
    """Any of `names`, or of absolute paths, will do; `package` is what to install.

    `version` are the arguments that make it tell its version; none where it has none to tell.
    """

    names: tuple[str, ...]
    package: str
    version: tuple[str, ...] = ("-version",)

"""Replaces a function of napari in all modules that have it, whoever has imported it by name.

Tested by tests/browser/test_lockdown.py.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any


def replace_everywhere(function: Callable[..., Any], other: Callable[..., Any]) -> None:
    """Put `other` in the place of `function` in every module that is loaded by now."""
    name: str = function.__name__
    # What may not be imported is there as None.
    for module in filter(None, list(sys.modules.values())):
        if vars(module).get(name) is function:
            setattr(module, name, other)

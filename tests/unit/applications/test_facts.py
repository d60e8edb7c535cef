"""Which words of a companion are taken: those that everybody else can be told."""

from __future__ import annotations

import math
from typing import Any

import pytest

from desktopd.applications.facts import checked
from desktopd.applications.layer import Layer
from tests.unit.applications.companion_process import LAYER, state

RESTORED = {"layers": ["a"], "unsaved": [], "camera": True, "missing": []}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"restored": {**RESTORED, "missing": [{"name": "a", "reason": "it is gone"}]}},
        {"errors": [{"time": 1.0, "message": "no", "traceback": ""}]},
        {"motion": {"mode": "smooth", "exact": True, "divisor": 2, "exact_seconds": None}},
    ],
)
def test_what_is_told_is_known(changes: dict[str, Any]) -> None:
    assert checked(state(**changes)) == state(**changes)


def test_nothing_else_is_kept() -> None:
    assert checked(state(more="of it")) == state()


@pytest.mark.parametrize(
    "changes",
    [
        {"restored": 5},
        {"restored": {**RESTORED, "missing": [{"name": "a"}]}},
        {"errors": None},
        {"errors": 7},
        {"errors": ["a"]},
        {"saved": {"time": 1.0}},
        {"methods": [1, "open"]},
        {"renderer": {}},
        {"frame_rate": math.inf},
        {"pid": "1"},
    ],
)
def test_what_nobody_could_be_told_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        checked(state(**changes))


@pytest.mark.parametrize("missing", ["restored", "errors", "saved", "pid", "ready", "methods"])
def test_what_is_needed_is_there(missing: str) -> None:
    told = state()
    del told[missing]
    with pytest.raises(ValueError, match=missing):
        checked(told)


@pytest.mark.parametrize(
    "changes",
    [{"name": 5}, {"path": {}}, {"scale": [math.inf]}, {"opacity": math.inf}, {"shape": "ab"}],
)
def test_a_layer_that_nobody_could_be_told_is_refused(changes: dict[str, Any]) -> None:
    assert Layer.parse(LAYER).name == "cells"
    assert Layer.parse({**LAYER, "scale": [None]}).scale == (None,)
    with pytest.raises(ValueError, match=r"."):
        Layer.parse({**LAYER, **changes})

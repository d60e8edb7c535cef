"""What a companion tells of itself, in the form in which everybody is shown it, and no other.

A plugin may write whatever it likes to the companion's connections.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

MANY = 10_000
"""More are not told: a session has as many layers."""

Names = Annotated[list[str], Field(max_length=MANY, fail_fast=True)]


class _Told(BaseModel):
    """Other fields are left out. JSON for browsers has no infinite numbers."""

    model_config = ConfigDict(strict=True, allow_inf_nan=False)


class _Error(_Told):
    time: float
    message: str
    traceback: str


class _Missing(_Told):
    name: str
    reason: str


class _Restored(_Told):
    layers: Names
    unsaved: Names
    camera: bool
    missing: Annotated[list[_Missing], Field(max_length=MANY, fail_fast=True)]


class _Saved(_Told):
    time: float | None
    error: str | None
    not_kept: Annotated[list[dict[str, str]], Field(max_length=MANY, fail_fast=True)]
    pending: bool = False
    longest_slice: float = 0.0


class _Motion(_Told):
    mode: str
    exact: bool
    divisor: float | None = None
    exact_seconds: float | None = None


class _Facts(_Told):
    version: int
    pid: int
    ready: bool
    methods: Names
    errors: Annotated[list[_Error], Field(max_length=MANY, fail_fast=True)]
    restored: _Restored | None
    saved: _Saved | None
    session: str | None = None
    napari: str = ""
    renderer: str | None = None
    frame_rate: float | None = None
    motion: _Motion | None = None


class _AfterSave(_Told):
    saved: _Saved | None


def save_error(told: Any) -> str | None:
    """Why a session is not saved, by the answer to `save`; raises ValueError where it is none."""
    saved = _AfterSave.model_validate(told).saved
    return None if saved is None else saved.error


def checked(told: Any) -> Mapping[str, Any]:
    """The facts in what a companion has told; raises ValueError where they are none."""
    return _Facts.model_validate(told).model_dump(exclude_unset=True)

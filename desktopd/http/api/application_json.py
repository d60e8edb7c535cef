"""The application as JSON, for ``/api/app``, the session and the events.

What errors tell of code and paths is for control only.

Tested by tests/unit/http/api/test_application.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from desktopd.applications.application import ApplicationStatus
from desktopd.applications.application_end import ApplicationEnd
from desktopd.applications.layer import Layer
from desktopd.http.language import Language
from desktopd.http.translations import translated
from desktopd.rfb.viewers.viewer import Role
from desktopd.session.status import SessionStatus
from desktopd.shell_command import program_name

FACTS = ("version", "napari", "ready", "renderer", "frame_rate", "motion", "saved")


def application_json(
    status: SessionStatus,
    application: ApplicationStatus,
    role: Role,
    language: Language,
    facts: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """The whole application; `facts` are fresher than those of `application`."""
    control = role is Role.CONTROL
    return {
        "command": status.command if control else program_name(status.command),
        "state": status.application.state,
        "restarts": status.application.restarts,
        "answers": status.answers,
        **_abilities(application, role, facts),
        **crash_json(application, role, language, words=True),
    }


def event_json(application: ApplicationStatus, role: Role) -> dict[str, Any]:
    """What events tell of it, beside those of the session."""
    companion = application.companion
    return {
        "application": _abilities(application, role, companion.facts if companion else None),
        "layers": [layer_json(layer, role) for layer in companion.layers] if companion else [],
    }


def crash_json(
    application: ApplicationStatus, role: Role, language: Language, *, words: bool
) -> dict[str, Any]:
    """How the application last ended, and what of its session was put back.

    The last `words` are long: too long for what is told at each change.
    """
    companion, ending = application.companion, application.ending
    left = _words(ending, role) if ending and words else {}
    return {
        "exit": None if ending is None else {**_ending(ending, language), **left},
        "restored": _restored(companion.facts["restored"], role, language) if companion else None,
    }


def layer_json(layer: Layer, role: Role) -> dict[str, Any]:
    """A layer; where it was read from is for control only."""
    return {**asdict(layer), "path": layer.path if role is Role.CONTROL else None}


def _abilities(
    application: ApplicationStatus, role: Role, facts: Mapping[str, Any] | None
) -> dict[str, Any]:
    return {
        "capabilities": sorted(application.methods | {"restart"}),
        "companion": None if facts is None else _companion(facts, role),
    }


def _companion(facts: Mapping[str, Any], role: Role) -> dict[str, Any]:
    told = {name: facts[name] for name in FACTS if name in facts}
    if role is Role.CONTROL:
        return {**told, "errors": facts["errors"]}
    if told.get("saved"):
        told["saved"] = {**told["saved"], "error": told["saved"]["error"] and ""}
    return {**told, "errors": []}


def _restored(
    restored: Mapping[str, Any] | None, role: Role, language: Language
) -> Mapping[str, Any] | None:
    """What was put back; why something was not may name a path."""
    if restored is None:
        return None

    def told(reason: str) -> str:
        return translated(reason, language) if role is Role.CONTROL else ""

    missing = [{**layer, "reason": told(layer["reason"])} for layer in restored["missing"]]
    return {**restored, "missing": missing}


def _ending(ending: ApplicationEnd, language: Language) -> dict[str, Any]:
    return {
        "code": ending.code if ending.signal is None else None,
        "signal": ending.signal,
        "description": translated(ending.description, language),
        "out_of_memory": ending.out_of_memory,
        "memory_limit": ending.memory_limit,
        "asked": ending.asked,
        "time": ending.time,
    }


def _words(ending: ApplicationEnd, role: Role) -> dict[str, Any]:
    if role is not Role.CONTROL:
        return {"traceback": "", "last_error": None, "log": ""}
    return {
        "traceback": ending.traceback,
        "last_error": ending.last_error,
        "log": ending.log,
    }

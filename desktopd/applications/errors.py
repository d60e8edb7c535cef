"""Why something asked of an application is not done.

Tested by tests/unit/applications/test_opening.py.
"""

from __future__ import annotations


class ApplicationError(Exception):
    """The application does not do what was asked; says why."""


class NoCompanion(ApplicationError):
    """The application has no companion, and will have none."""


class CompanionAway(ApplicationError):
    """The companion is not there at this moment: the application starts, or has ended."""


class CompanionSlow(ApplicationError):
    """The application did not answer in time; what was asked may still happen."""


class CompanionRefusal(ApplicationError):
    """The companion's answer; `kind` is a value of the companion's `protocol.Kind`."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class NotSaved(ApplicationError):
    """Its session is not saved, and the application lives to save it later."""


class NotAllowed(ApplicationError):
    """A path or URL that the settings do not allow to be opened; `remedy` names the setting."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.remedy = remedy


class NotThere(ApplicationError):
    """A path that does not exist."""


class CannotOpen(ApplicationError):
    """Nothing is known by which the application could be given a path."""


class Occupied(ApplicationError):
    """Something is open already, or may be, and nothing was to be added to it."""


class IsProgram(ApplicationError):
    """What is to be opened would be run, and nobody was asked."""

"""What a daemon that cannot go on has its supervisor do."""

from __future__ import annotations

import pytest

from desktopd import __main__ as command_line
from desktopd.config import ConfigError
from desktopd.errors import ListenError
from desktopd.session.errors import SessionError
from desktopd.threads import NoThreads


@pytest.mark.parametrize(
    ("error", "status", "ends"),
    [
        (NoThreads(), 1, False),
        (SessionError("no X server"), 1, True),
        (ListenError("taken"), 1, True),
        (ConfigError("app: missing"), 2, True),
    ],
)
def test_who_lacks_what_may_come_back_is_started_again(
    monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, ends: bool
) -> None:
    ended: list[None] = []
    monkeypatch.setattr(command_line, "end_supervisor", lambda: ended.append(None))

    def fail() -> None:
        raise error

    assert command_line._status(fail) == status
    assert bool(ended) is ends

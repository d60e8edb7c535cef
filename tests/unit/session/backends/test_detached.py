"""X servers that cannot be started."""

from __future__ import annotations

import os

import pytest

from desktopd.session.backends.detached import DetachedDisplay


class Failing(DetachedDisplay):
    def __init__(self) -> None:
        self._extra_args: list[str] = []

    def _cmd(self) -> list[str]:
        return ["X"]

    def _popen(self, use_pass_fds: bool) -> None:
        raise BlockingIOError("no process")


def test_a_start_that_fails_keeps_no_pipe() -> None:
    def opened() -> int:
        return len(os.listdir("/proc/self/fd"))  # noqa: PTH208

    before = opened()
    for _ in range(20):
        with pytest.raises(BlockingIOError):
            Failing()._start1_has_displayfd()
    assert opened() == before

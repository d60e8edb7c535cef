"""SIGSTOP of application: one that hangs or is stopped is noticed within 10 s."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.daemon import Daemon, until

Start = Callable[..., Daemon]

HANGING = f"{sys.executable} {Path(__file__).parent / 'hanging_qt.py'}"
WITHIN = 10.0
COMPUTES = 6.0
# How long the machine may take besides, when all of its cores are at work.
SLACK = 20.0


def answers(desktop: Daemon) -> bool:
    return bool(desktop.session()["app"]["answers"])


def wait_for_silence(desktop: Daemon) -> None:
    """Until it is told that the application does not answer."""
    until(lambda: not answers(desktop), WITHIN + SLACK, "the silence")


def test_a_stopped_application_is_noticed_goes_on_and_can_be_restarted(daemon: Start) -> None:
    desktop = daemon(app="xterm", display="xvfb")
    desktop.ready()
    assert answers(desktop)
    stopped = desktop.pid("application")
    os.kill(stopped, signal.SIGSTOP)
    wait_for_silence(desktop)
    os.kill(stopped, signal.SIGCONT)
    until(lambda: answers(desktop), 10 + SLACK, "an answer")
    os.kill(stopped, signal.SIGSTOP)
    wait_for_silence(desktop)
    assert desktop.request("POST", "/api/app/restart", timeout=60).status_code == 204
    until(lambda: desktop.pid("application") != stopped, 30, "another process")
    desktop.ready()
    until(lambda: answers(desktop), 10 + SLACK, "an answer")


def test_a_program_that_computes_is_not_accused_and_one_that_hangs_is(
    daemon: Start, folder: Path
) -> None:
    fifo = folder / "fifo"
    os.mkfifo(fifo)
    desktop = daemon(app=f"{HANGING} {fifo}", display="xvfb", size="640x480")
    desktop.ready()

    began = time.monotonic()
    fifo.write_text(str(COMPUTES))
    while time.monotonic() - began < COMPUTES + 1.5:
        assert answers(desktop), "a program that computes for some seconds"
        time.sleep(0.1)
    fifo.write_text("wait")
    wait_for_silence(desktop)
    fifo.write_text("go on")
    until(lambda: answers(desktop), 10 + SLACK, "an answer")

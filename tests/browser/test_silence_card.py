"""The card that says that the application does not answer (fault: SIGSTOP of application)."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

from playwright.sync_api import expect

from tests.chromium import Tab, save
from tests.daemon import Daemon, until

WITHIN = 30_000
"""Milliseconds, on a machine that is busy."""


def test_a_stopped_application_is_told_until_it_goes_on_and_restarted(
    daemon: Callable[..., Daemon], tab: Callable[[str], Tab]
) -> None:
    desktop = daemon(app="xterm -fa Monospace", display="xvfb", size="1280x720")
    desktop.ready()
    page = tab(desktop.page)
    page.shows_desktop()
    stopped = desktop.pid("application")
    card = page.page.locator("#silence")
    expect(card).to_be_hidden()

    os.kill(stopped, signal.SIGSTOP)
    expect(card).to_contain_text("xterm does not answer", timeout=WITHIN)
    save(page.picture(), "silence-card")
    os.kill(stopped, signal.SIGCONT)
    expect(card).to_be_hidden(timeout=WITHIN)

    os.kill(stopped, signal.SIGSTOP)
    card.get_by_role("button", name="Restart").click(timeout=WITHIN)
    until(lambda: desktop.pid("application") != stopped, 30, "another process")
    expect(card).to_be_hidden(timeout=WITHIN)
    page.shows_desktop()

"""A real Firefox on an X server of a test: a user's, without any driver, or one that is driven."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.browser.course import free_port
from tests.daemon import until
from tests.marionette import Marionette
from tests.x11.conftest import Server, end

# A name of this machine, which is no secure address over plain http.
INSECURE = "desktop.test"
# No page but ours, no question, and no request to anybody.
PREFERENCES = {
    "browser.shell.checkDefaultBrowser": False,
    "browser.aboutwelcome.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "app.normandy.enabled": False,
    "app.update.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,",
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "extensions.getAddons.cache.enabled": False,
    "toolkit.telemetry.enabled": False,
    "network.dns.localDomains": INSECURE,
}


@contextmanager
def firefox(server: Server, profile: Path, address: str) -> Iterator[None]:
    """Firefox in a window of 1280x800 in which `address` is open."""
    size = ["--width", "1280", "--height", "800"]
    process = start(server, profile, *size, address)
    yield
    end(process)


@contextmanager
def driven_firefox(server: Server, profile: Path) -> Iterator[Marionette]:
    """Firefox over the whole screen, whose keyboard and mouse are the X server's."""
    port = free_port()
    options = ["--marionette", "--kiosk", "about:blank"]
    process = start(server, profile, *options, **{"marionette.port": port})

    def listening() -> Marionette | None:
        with suppress(ConnectionRefusedError):
            return Marionette(port)
        return None

    window = until(listening, 60, "Firefox")
    assert window
    try:
        yield window
    finally:
        window.close()
        end(process)


def start(
    server: Server, profile: Path, *options: str, **preferences: object
) -> subprocess.Popen[bytes]:
    """Start Firefox with a new profile."""
    of_playwright = Path.home().glob(".cache/ms-playwright/firefox-*/firefox/firefox")
    program = shutil.which("firefox-esr") or str(next(of_playwright))
    profile.mkdir()
    wanted = {**PREFERENCES, **preferences}
    lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in wanted.items()]
    (profile / "user.js").write_text("\n".join(lines))
    return server.start(program, "--no-remote", "--profile", str(profile), *options)

"""A real Firefox of a user, without any driver, on an X server of a test."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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
    of_playwright = Path.home().glob(".cache/ms-playwright/firefox-*/firefox/firefox")
    program = shutil.which("firefox-esr") or str(next(of_playwright))
    profile.mkdir()
    lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in PREFERENCES.items()]
    (profile / "user.js").write_text("\n".join(lines))
    size = ["--width", "1280", "--height", "800"]
    process = server.start(program, "--no-remote", "--profile", str(profile), *size, address)
    yield
    end(process)

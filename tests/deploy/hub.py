"""A real JupyterHub by a recipe of container/, and what the tests ask of it."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import BrowserContext, Page

from tests import http
from tests.daemon import ROOT
from tests.deploy.conftest import SCRIPTS, Run, clean_environment
from tests.deploy.front import free_port

ADMIN = "head-of-lab"
RECIPES = ROOT / "container" / "jupyter"
CONFIG = """
load_subconfig({recipe!r})
c.JupyterHub.bind_url = {url!r}
c.JupyterHub.hub_bind_url = {hub_url!r}
c.ConfigurableHTTPProxy.command = ["setpriv", "--pdeathsig=TERM", "configurable-http-proxy"]
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{proxy_port}"
c.JupyterHub.authenticator_class = "dummy"
c.JupyterHub.last_activity_interval = 1
c.DummyAuthenticator.password = {password!r}
c.Authenticator.admin_users = {{{admin!r}}}
c.JupyterHub.services.append({{"name": "test", "api_token": {token!r}}})
c.JupyterHub.load_roles.append({{
    "name": "test",
    "services": ["test"],
    "scopes": ["admin:users", "admin:servers", "tokens", "read:users:activity"],
}})
culler = c.JupyterHub.services[0]["command"]
culler[3:] = ["--timeout={cull_after}", "--cull-every=1"]
"""


class Hub:
    """A JupyterHub by a recipe of container/, whose users need no account on this machine.

    `more` is configuration that follows the recipe; `address` is where servers find the hub.
    """

    def __init__(
        self,
        run: Run,
        folder: Path,
        more: str,
        *,
        recipe: str = "jupyterhub_config.py",
        address: str = "127.0.0.1",
        cull_after: int = 3600,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.folder = folder
        self.password = secrets.token_urlsafe(16)
        self.token = secrets.token_hex(32)
        ports: set[int] = set()
        while len(ports) < 3:
            ports.add(free_port())
        port, hub_port, proxy_port = ports
        self.url = f"http://127.0.0.1:{port}"
        self.hub_url = f"http://{address}:{hub_port}"
        common = CONFIG.format(
            recipe=str(RECIPES / recipe),
            url=self.url,
            hub_url=self.hub_url,
            proxy_port=proxy_port,
            password=self.password,
            admin=ADMIN,
            token=self.token,
            cull_after=cull_after,
        )
        config = folder / "config_of_test.py"
        config.write_text(common + more)
        variables = clean_environment(folder, **(environment or {}))
        proxy = shutil.which("configurable-http-proxy", path=variables["PATH"])
        assert proxy, "configurable-http-proxy is missing: npm install -g configurable-http-proxy"
        self.program = run([str(SCRIPTS / "jupyterhub"), f"--config={config}"], variables)
        self.program.until(self._answers, 60, "JupyterHub")

    def _answers(self) -> bool:
        # Asked before it has a route to the hub, the proxy fills the log with errors.
        try:
            return http.get(f"{self.hub_url}/hub/health").is_success and (
                http.get(f"{self.url}/hub/health").is_success
            )
        except httpx.TransportError:
            return False

    def api(self, method: str, path: str, **options: Any) -> Any:
        headers = {"Authorization": f"token {self.token}"}
        response = http.request(
            method, f"{self.url}/hub/api/{path}", headers=headers, timeout=30, **options
        )
        assert response.is_success, f"{response.text}\n{self.program.tail()}"
        return response.json() if response.content else None

    def server(self, user: str) -> dict[str, Any] | None:
        """What the hub says of a user's server; None when there is none."""
        found = self.api("GET", f"users/{user}")["servers"].get("")
        return found if found is None else dict(found)

    def last_activity(self, user: str) -> float:
        """Seconds since 1970."""
        server = self.server(user)
        assert server, self.program.tail()
        moment = datetime.fromisoformat(server["last_activity"])
        return moment.replace(tzinfo=moment.tzinfo or UTC).timestamp()

    def token_of(self, user: str) -> str:
        """A token as users make it on the hub's token page."""
        return str(self.api("POST", f"users/{user}/tokens", json={"note": "test"})["token"])

    def start(self, user: str) -> None:
        """Start a user's server, and wait until its application can be used."""
        self.api("POST", f"users/{user}/server")
        self.until_ready(user)

    def until_ready(self, user: str) -> None:
        def ready() -> bool:
            return http.get(f"{self.url}/user/{user}/readyz", timeout=20).status_code == 200

        self.program.until(ready, 60, f"the desktop of {user}")

    def session(self, user: str, token: str) -> httpx.Response:
        """The session of a user's desktop, asked for with somebody's token."""
        return http.get(
            f"{self.url}/user/{user}/api/session",
            headers={"Authorization": f"Bearer {token}"},
            timeout=20,
        )

    def pids(self, user: str) -> list[int]:
        response = self.session(user, self.token_of(user))
        assert response.status_code == 200, f"{response.text}\n{self.program.tail()}"
        return [service["pid"] for service in response.json()["services"]]

    def log_in(self, context: BrowserContext, user: str) -> Page:
        """A page in which the hub starts the user's server, and goes there by itself."""
        page = context.new_page()
        page.goto(f"{self.url}/hub/login")
        page.fill("#username_input", user)
        page.fill("#password_input", self.password)
        page.click("#login_submit")
        page.wait_for_url(f"{self.url}/user/{user}/", timeout=120_000)
        return page

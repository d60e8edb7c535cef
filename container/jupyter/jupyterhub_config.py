"""JupyterHub with a desktop, and no Jupyter, for each of its users.

pip install jupyterhub jupyterhub-idle-culler "$(ls desktopd-*.whl)[fast,napari]"
npm install --global configurable-http-proxy
jupyterhub --config container/jupyter/jupyterhub_config.py

The wheel is what `pip wheel --no-deps .` makes of a checkout. Users are those of the machine (PAM).
jupyterhub_docker.py gives each a container instead.
"""

import sys
from typing import Any

from jupyterhub.proxy import ConfigurableHTTPProxy

IDLE_SECONDS = 3600


class Proxy(ConfigurableHTTPProxy):
    """The usual proxy, which may not tell the hub who is active.

    It takes every connection for activity, a forgotten tab among them; servers report the truth.
    """

    async def get_all_routes(self, *arguments: Any) -> Any:
        """The routes without the times of their last traffic."""
        routes = await super().get_all_routes(*arguments)
        for route in routes.values():
            route["data"].pop("last_activity", None)
        return routes


c = get_config()  # noqa: F821
c.JupyterHub.proxy_class = Proxy
# Whoever has an account of this machine, or what else the authenticator asks for.
c.Authenticator.allow_all = True
c.Spawner.cmd = ["desktopd-singleuser"]
c.JupyterHub.services = [
    {
        "name": "idle-culler",
        "command": [sys.executable, "-m", "jupyterhub_idle_culler", f"--timeout={IDLE_SECONDS}"],
    }
]
c.JupyterHub.load_roles = [
    {
        "name": "idle-culler",
        "services": ["idle-culler"],
        "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
    }
]

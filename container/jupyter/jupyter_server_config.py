"""Further desktops as tiles of JupyterLab, each with settings, a display and state of its own.

In ~/.jupyter for one user, or in /etc/jupyter for all of a machine or image.
"""

from desktopd.integrations.jupyter import desktops

c = get_config()  # noqa: F821
c.ServerProxy.servers.update(desktops({"second": [], "terminal": ["--app=xterm"]}))

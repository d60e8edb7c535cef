"""JupyterHub that gives each of its users a container of the image desktopd.

pip install dockerspawner jupyterhub jupyterhub-idle-culler
npm install --global configurable-http-proxy
docker build -t desktopd -f container/Dockerfile .
jupyterhub --config container/jupyter/jupyterhub_docker.py
"""

from pathlib import Path

c = get_config()  # noqa: F821
# By its full path: a file that is not found would be left out silently.
load_subconfig(str(Path(__file__).resolve().with_name("jupyterhub_config.py")))  # noqa: F821
c.JupyterHub.spawner_class = "dockerspawner.DockerSpawner"
# Where containers on Docker's default bridge find the hub.
c.JupyterHub.hub_bind_url = "http://172.17.0.1:8081"
c.DockerSpawner.image = "desktopd"
# Arguments of the image's own entry point.
c.DockerSpawner.cmd = ["--auth", "jupyterhub"]
# The hub's proxy comes from there, and tells who asks: limits hold for each address.
c.DockerSpawner.environment = {"DESKTOPD_TRUSTED_PROXIES": "172.17.0.1"}
# The image's default of 64 MB is too little for some applications.
c.DockerSpawner.extra_host_config = {"shm_size": "1g"}
c.DockerSpawner.volumes = {"desktopd-{username}": "/data"}
c.DockerSpawner.remove = True

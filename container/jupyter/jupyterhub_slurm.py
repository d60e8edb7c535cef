"""JupyterHub whose desktops are jobs of a cluster with Slurm; a form asks for their resources.

pip install batchspawner jupyterhub jupyterhub-idle-culler
npm install --global configurable-http-proxy
jupyterhub --config container/jupyter/jupyterhub_slurm.py

It runs on a machine that may submit jobs, where its account may do so as each user
(`sudo -E -u USER sbatch`). The nodes have batchspawner and desktopd with [fast,napari], and reach
the hub by its name, as it reaches them.
"""

import socket
from pathlib import Path
from typing import Any
from urllib.parse import quote

# Teaches the hub to hear from a job on which port it listens.
import batchspawner  # noqa: F401
from tornado.web import HTTPError

c = get_config()  # noqa: F821
# By its full path: a file that is not found would be left out silently.
load_subconfig(str(Path(__file__).resolve().with_name("jupyterhub_config.py")))  # noqa: F821
c.JupyterHub.hub_bind_url = f"http://{socket.getfqdn()}:8081"
c.JupyterHub.spawner_class = "batchspawner.SlurmSpawner"
# Each question whether a job still runs is one to Slurm's controller.
c.Spawner.poll_interval = 120
# Several desktops a user, each with a name, on the page /hub/home.
c.JupyterHub.allow_named_servers = True
c.JupyterHub.named_server_limit_per_user = 4
# What leads the job to desktopd and batchspawner on its node.
c.SlurmSpawner.req_prologue = "# module load desktopd"

NUMBERS = {
    "cores": ("Cores", 4, 1, 64),
    "memory": ("Memory (GB)", 16, 1, 512),
    "gpus": ("GPUs", 0, 0, 4),
    "hours": ("Hours", 4, 1, 24),
}
"""What the form asks for: its label, default, least and most."""
APPLICATIONS = ("napari", "fiji", "xterm")

# A minute before the end Slurm tells this shell, and the hub does when it ends a desktop: napari's
# layers are saved then. A job of the hub's is found again by its name.
c.SlurmSpawner.batch_script = """#!/bin/bash
#SBATCH --job-name=desktopd-hub
#SBATCH --output={{homedir}}/.desktopd-hub-%j.log
#SBATCH --chdir={{homedir}}
#SBATCH --export={{keepvars}}
#SBATCH --nodes=1
#SBATCH --cpus-per-task={{cores}}
#SBATCH --mem={{memory}}G
#SBATCH --time={{hours}}:00:00
#SBATCH --signal=B:TERM@60
{% if gpus %}#SBATCH --gres=gpu:{{gpus}}
{% endif %}{% if partition %}#SBATCH --partition={{partition}}
{% endif %}
PATH=$PATH:$HOME/.local/bin:$HOME/.local/share/desktopd/bin
{{prologue}}
umask 077
export DESKTOPD_RUNTIME_DIR=/tmp/desktopd-$(id -u)/job-$SLURM_JOB_ID
export DESKTOPD_SESSION_DIR=$HOME/.local/state/desktopd/hub-{{desktop}}
export DESKTOPD_APP={{application}}
DESKTOPD_ENDS_AT=${SLURM_JOB_END_TIME:-$(date -d "$(squeue -h -j "$SLURM_JOB_ID" -o %e)" +%s)}
export DESKTOPD_ENDS_AT
{{cmd}} &
daemon=$!
trap 'kill -TERM "$daemon"' TERM
while kill -0 "$daemon" 2>/dev/null; do wait "$daemon"; done
rm -rf "$DESKTOPD_RUNTIME_DIR"
{{epilogue}}
"""
# A job that waits is cancelled; one that runs ends by itself, since scancel alone would kill it.
c.SlurmSpawner.batch_cancel_cmd = (
    "sh -c 'scancel --state=PENDING {job_id}; scancel --batch --signal=TERM {job_id}'"
)


def form() -> str:
    """The page on which a desktop is ordered."""
    numbers = (
        f'<p><label>{label} <input class="form-control" type="number" name="{name}"'
        f' value="{default}" min="{least}" max="{most}"></label></p>'
        for name, (label, default, least, most) in NUMBERS.items()
    )
    choices = "".join(f"<option>{name}</option>" for name in APPLICATIONS)
    application = f'<select class="form-control" name="application">{choices}</select>'
    return "\n".join([f"<p><label>Application {application}</label></p>", *numbers])


def checked(asked: dict[str, Any]) -> dict[str, Any]:
    """What a form or a program asks for, with what it leaves out; HTTPError for what cannot be."""
    answer: dict[str, Any] = {"application": asked.get("application", APPLICATIONS[0])}
    if answer["application"] not in APPLICATIONS:
        raise HTTPError(400, f"application: expected one of {', '.join(APPLICATIONS)}")
    for name, (_, default, least, most) in NUMBERS.items():
        text = str(asked.get(name, default))
        if not text.isdecimal() or not least <= int(text) <= most:
            raise HTTPError(400, f"{name}: expected a number from {least} to {most}")
        answer[name] = int(text)
    return answer


def before_spawn(spawner: Any) -> None:
    """Complete what was asked for, by the form or by the hub's API."""
    # The folder of its layers: one for each name, whatever that consists of.
    spawner.user_options = {**checked(spawner.user_options), "desktop": quote(spawner.name, "")}


c.Spawner.options_form = form()
c.Spawner.options_from_form = lambda fields: {name: value[0] for name, value in fields.items()}
c.Spawner.pre_spawn_hook = before_spawn

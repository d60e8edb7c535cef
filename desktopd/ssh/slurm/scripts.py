"""What a login node is told: the command of ssh, and what that takes from stdin before all else.

Tested by tests/deploy/test_slurm.py.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

from desktopd.ssh import host_scripts

NO_SLURM, REFUSED, OVER, LOST, SILENT = 71, 72, 73, 74, 75
"""Exit statuses of login.sh: no Slurm there; no job was taken; the job is over; only its step is;
Slurm does not answer. host_scripts.NOT_INSTALLED is another."""
JOB = "desktopd-job "
"""How the lines on stderr begin that tell of the job."""

_FOLDER = Path(__file__).parent
_END = "# end of the script"
# csh takes no line's end in a quoted word, and a shell reads not one byte too many from a pipe.
COMMAND = "sh -c " + shlex.quote(
    f"echo {host_scripts.BEGUN}; "
    f'eval "$(while IFS= read -r line && [ "$line" != "{_END}" ]; do printf "%s\\n" "$line"; done)"'
)
"""The command of ssh: it takes from stdin what the functions below give, once it has begun."""


def job_name(name: str) -> str:
    """The name of the job of a desktop."""
    return f"desktopd-{name}"


def open_desktop(name: str, options: Sequence[str], settings: Sequence[str], job: str = "") -> str:
    """Submit or find the job, follow it through the queue, and relay to its desktop.

    `options` are sbatch's, `settings` those of the desktop, for a job that is not there yet. No
    other than `job` is taken where that is given.
    """
    script = shlex.quote((_FOLDER / "job.sh").read_text("utf-8"))
    submit = (
        f'printf "%s" {script} > "$logs/job.sh"; '
        f'sbatch --parsable {shlex.join(options)} --job-name="$name" '
        f'--output="$logs/job-%j.log" "$logs/job.sh" {shlex.join(settings)}'
    )
    wishes = shlex.join((*options, *settings))
    return _script(name, job, submit, "", "open_desktop", wishes)


def control(action: str, name: str) -> str:
    """Tell of the job (``status``) or end it (``stop``); without one, the desktop of that host."""
    function = {"status": "show", "stop": "stop"}[action]
    return _script(name, "", "false", host_scripts.control(action, name), function)


def _script(
    name: str, job: str, submit: str, otherwise: str, function: str, wishes: str = ""
) -> str:
    values = (
        f"name={shlex.quote(job_name(name))} job={shlex.quote(job)} wishes={shlex.quote(wishes)}",
        f"submit() {{ {submit}; }}",
        f"otherwise() {{ {otherwise or 'true'}; }}",
    )
    rules = (_FOLDER / "login.sh").read_text("utf-8")
    return "\n".join((*values, rules, function, _END, ""))

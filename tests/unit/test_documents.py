"""Every command in the documents is run by a test, or is said to be run by hand only."""

from __future__ import annotations

import re
import subprocess

import pytest
import yaml

from tests.bench.__main__ import parser, planned
from tests.documents import DOCUMENTS, ROOT, commands
from tests.fuzz import __main__ as fuzz
from tests.soak import __main__ as soak

BY_HAND = "by hand"
"""What takes another machine, a registry, a GPU, or the remote of a repository."""
COMMANDS = {
    r"container/run .*target-plugin": "browser/test_page.py",
    r"container/run .*base-url": "deploy/test_nginx.py",
    r"container/run ": "deploy/test_first_minute.py",
    r"container/install tools && container/run": "deploy/test_first_minute.py",
    r"pip install .*jupyter": "deploy/test_jupyterlab.py",
    r"pip install ": "deploy/test_first_minute.py",
    r"desktopd --lockdown": "browser/test_lockdown.py",
    r"desktopd$": "deploy/test_first_minute.py",
    r"desktopd (start|stop)": "deploy/test_background.py",
    r"(desktopd ssh ada@login|sbatch )": "deploy/test_slurm.py",
    r"desktopd ssh ": "deploy/test_ssh.py",
    r"desktopd config": "unit/config/test_listing.py",
    r"desktopd check": "x11/test_check.py",
    r"docker compose .*workshop.yaml": "deploy/test_compose_up.py",
    r"docker compose .*desktop.yaml": "deploy/test_compose_up.py",
    r"docker compose .*traefik": "deploy/test_compose.py",
    r"docker build .*VARIANT=tools": "container/test_variants.py",
    r"docker build .*container/derived": "container/test_variants.py",
    r"docker (build|run) .*(jupyter|cuda)": BY_HAND,
    r"docker build .*-t desktopd -f": "container/image.py",
    r"docker run .*-v compose_data": "deploy/test_compose_up.py",
    r"docker run .*--read-only": "container/test_image.py",
    r"docker run .*--user .*/data": "container/test_image.py",
    r"sudo cp container/nginx": "deploy/test_nginx.py",
    r"sudo cp -r container/ondemand": "deploy/test_slurm_ondemand.py",
    r"sudo cp container/caddy": "deploy/test_caddy.py",
    r"(apptainer build|install .*container/(apptainer|podman))": BY_HAND,
    r"(install|systemctl) .*": "deploy/test_ci_files.py",
    r"(kubectl|helm) ": "deploy/test_kubernetes.py",
    r"\(umask 077 && openssl": "deploy/test_vnc_port.py",
    r"DESKTOPD_CLIPBOARD=in ": "x11/test_data_policy.py",
    r"DESKTOPD_VNC_PASSWORD_FILE": "deploy/test_vnc_port.py",
    r"vncviewer ": "deploy/test_native_viewers.py",
    r"ssh ": BY_HAND,
    r"(socat|sudo install) ": "deploy/test_xrdp.py",
    r"jupyterhub .*slurm": "deploy/test_slurm_hub.py",
    r"jupyterhub ": "deploy/test_jupyterhub.py",
    r"(cosign|git pull)": BY_HAND,
    r"container/lock": "deploy/test_ci_files.py",
    r"(pipx run pip-audit|npm .*audit|docker buildx)": BY_HAND,
    r"curl .*api/clipboard": "unit/http/api/test_clipboard.py",
    r"curl .*api/files": "unit/http/api/test_files.py",
    r"(curl|tail) .*api/uploads": "unit/http/api/test_uploads.py",
    r"tests/run (bench|fuzz|soak)": "unit/test_documents.py",
    r"tests/gpu/run": "x11/test_gpu_script.py",
    r"tests/run": "deploy/test_ci_files.py",
    r"\. \.venv/bin/activate": BY_HAND,
    r"pre-commit install": "unit/test_documents.py",
    r"(ruff|npm|pytest) ": "run",
    r"python -m desktopd ": "x11/test_daemon.py",
    r"python -m tests.bench.way ": "browser/test_page.py",
}
"""Patterns of commands, the first that fits counts: which file below `tests` runs them."""
ALL = sorted({command for name in DOCUMENTS for command in commands(name)})


@pytest.mark.parametrize("command", ALL)
def test_a_test_runs_the_command(command: str) -> None:
    fitting = [by for pattern, by in COMMANDS.items() if re.match(pattern, command)]
    assert fitting, f"no test is known to run {command!r}: write one, and name it here"
    assert fitting[0] == BY_HAND or (ROOT / "tests" / fitting[0]).is_file()


def test_no_pattern_has_outlived_its_command() -> None:
    used = {next(p for p in COMMANDS if re.match(p, command)) for command in ALL}
    assert used == set(COMMANDS)


@pytest.mark.parametrize("command", ALL)
def test_a_shell_reads_the_command_and_its_files_are_there(command: str) -> None:
    done = subprocess.run(["bash", "-n", "-c", command], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    for name in re.findall(r"(?:container|tests)/[\w./-]*\w", command):
        assert (ROOT / name).exists(), name


@pytest.mark.parametrize("command", [c for c in ALL if c.startswith("tests/run bench")])
def test_the_benchmark_takes_its_arguments(command: str) -> None:
    options = parser().parse_args(command.split(" -- ")[1].split())
    assert list(planned(options))


@pytest.mark.parametrize("command", [c for c in ALL if re.match("tests/run (fuzz|soak)", c)])
def test_fuzz_and_soak_take_their_arguments(command: str) -> None:
    program, arguments = re.fullmatch("tests/run (fuzz|soak) -- (.*)", command).groups()  # type: ignore[union-attr]
    options = (fuzz if program == "fuzz" else soak).parser().parse_args(arguments.split())
    assert program == "soak" or fuzz.chosen(options.target)


def test_the_hooks_before_a_commit_are_checks_of_tests_run() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"]
    script = (ROOT / "tests" / "run").read_text()
    for hook in hooks:
        for part in re.sub(r"^sh -c '|'$", "", hook["entry"]).split(" && "):
            checked = part.replace(".venv/bin/", "").replace(" --fix", "")
            assert checked in script, f"{hook['id']}: tests/run does not run {checked!r}"

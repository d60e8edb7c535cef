"""What README has a newcomer type, as it stands: from a checkout, and from a wheel."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

import pytest

from desktopd.config import Settings
from tests import http
from tests.daemon import ROOT, until
from tests.deploy.conftest import clean_environment
from tests.documents import commands

CHECKOUT = ("pyproject.toml", "README.md", "LICENSE", "container", "docs/settings.md")
README = commands("README.md")
IN_CHECKOUT = [command for command in README if command.startswith("container/run")]


def copy_checkout(folder: Path) -> Path:
    """What the first steps of an install read, without anything installed."""
    place = folder / "checkout"
    for name in CHECKOUT:
        target = place / name
        target.parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, target)
    (place / "web").mkdir()
    return place


def without_environment(folder: Path, **more: str) -> dict[str, str]:
    """A user's environment whose programs are those of the system alone."""
    return clean_environment(folder, PATH="/usr/local/bin:/usr/bin:/bin", **more)


def test_help_answers_at_once_and_installs_nothing(folder: Path) -> None:
    checkout = copy_checkout(folder)
    started = time.monotonic()
    done = subprocess.run(
        ["container/run", "--help"],
        cwd=checkout,
        env=without_environment(folder),
        capture_output=True,
        text=True,
        check=True,
    )
    assert time.monotonic() - started < 2
    assert not (checkout / ".venv").exists()
    for name in Settings.model_fields:
        assert re.search(rf"^  --(\[no-\])?{name.replace('_', '-')}\b", done.stdout, re.MULTILINE)


def test_a_step_that_fails_says_why_and_where_all_of_it_stands(folder: Path) -> None:
    checkout = copy_checkout(folder)
    done = subprocess.run(
        ["container/run"],
        cwd=checkout,
        env=without_environment(folder, PIP_INDEX_URL="http://127.0.0.1:9/", PIP_RETRIES="0"),
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert done.returncode != 0
    assert "[3/5] Python packages, napari among them" in done.stdout
    assert "No matching distribution found" in done.stderr
    log = checkout / ".install.log"
    assert f"all that it printed is in {log}" in done.stderr
    assert "No matching distribution found" in log.read_text()


def test_a_checkout_that_was_moved_gets_its_environment_anew(folder: Path) -> None:
    made = copy_checkout(folder)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(made / ".venv")], check=True)
    moved = folder / "My projects" / "desktöpd 100%"
    moved.parent.mkdir()
    made.rename(moved)
    for attempt in range(2):
        done = subprocess.run(
            ["container/run"],
            cwd=moved,
            env=without_environment(folder, PIP_INDEX_URL="http://127.0.0.1:9/", PIP_RETRIES="0"),
            capture_output=True,
            text=True,
            check=False,
            timeout=100,
        )
        assert "[3/5] Python packages, napari among them" in done.stdout
        made_anew = f"[2/5] Python environment in {moved}/.venv" in done.stdout
        assert made_anew == (attempt == 0)


def test_who_has_no_home_gets_there_too(folder: Path) -> None:
    environment = clean_environment(folder, DESKTOPD_PORT="0", DESKTOPD_DISPLAY="xvfb")
    del environment["HOME"]
    done = subprocess.run(
        [ROOT / "container/run", "config"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "files_root" in done.stdout


@pytest.mark.parametrize("command", IN_CHECKOUT)
def test_each_command_of_the_readme_starts_a_desktop(command: str, folder: Path) -> None:
    (folder / "my_gui.py").write_text("import tkinter\ntkinter.Tk().mainloop()\n")
    (folder / "view.py").write_text("import napari\nnapari.Viewer()\nnapari.run()\n")
    environment = clean_environment(folder, DESKTOPD_PORT="0", DESKTOPD_DISPLAY="xvfb")
    log = folder / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["bash", "-c", f"exec {ROOT}/{command}"],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:

        def ready() -> bool:
            assert process.poll() is None, log.read_text()
            found = re.search(r"(http://127\.0\.0\.1:\d+)/\?token=", log.read_text())
            return bool(found) and http.get(f"{found[1]}/readyz").status_code == 200

        until(ready, 100, f"a desktop of {command}")
        place = folder / ".local" / "bin" if os.getuid() else Path("/usr/local/bin")
        assert (place / "desktopd").exists()
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What README's command makes of the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    [command] = re.findall(r"`(pip wheel [^`]*)`", (ROOT / "README.md").read_text())
    subprocess.run(
        ["bash", "-c", f"{command} --wheel-dir {folder}"],
        cwd=ROOT,
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        check=True,
        capture_output=True,
    )
    [made] = folder.glob("desktopd-*.whl")
    return made


def test_the_wheel_is_a_desktop(wheel: Path, folder: Path) -> None:
    """Its dependencies are those of this environment: what is tried is the wheel."""
    subprocess.run([sys.executable, "-m", "venv", str(folder / "env")], check=True)
    environment = clean_environment(
        folder,
        PATH=f"{folder}/env/bin:/usr/bin:/bin",
        PIP_NO_DEPS="1",
        DESKTOPD_PORT="0",
    )

    def shell(script: str) -> str:
        done = subprocess.run(
            ["bash", "-euc", script], env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    [install] = [command for command in README if command.startswith("pip install")]
    shell(f'cd "{wheel.parent}"; {install}')
    assert shell("command -v desktopd").strip() == f"{folder}/env/bin/desktopd"
    environment["PYTHONPATH"] = sysconfig.get_path("purelib")
    told = shell("desktopd start --app xterm --display xvfb")
    try:
        address = re.search(r"http://\S+", told)
        assert address, told
        token = address[0].partition("?token=")[2]
        page = http.get(address[0].partition("?")[0], headers={"Authorization": f"Bearer {token}"})
        assert "assets/" in page.text, "the wheel has no client"
    finally:
        shell("desktopd stop")

"""Where the code of a program lies."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from desktopd.confinement.code import PACKAGE, code_of, own_code
from tests.another_user import another_user


def script(path: Path, interpreter: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!{interpreter}\n")
    path.chmod(0o755)
    return path


def environment_at(prefix: Path) -> Path:
    """A Python of its own, as conda makes one; returns its program."""
    (prefix / "lib/python3.12/site-packages").mkdir(parents=True)
    python = prefix / "bin/python"
    python.parent.mkdir()
    python.write_bytes(b"\x7fELF")
    python.chmod(0o755)
    return python


def test_a_program_of_an_environment_has_all_of_it(folder: Path) -> None:
    python = environment_at(folder / "env")
    napari = script(folder / "env/bin/napari", python)
    assert set(code_of(["napari"], {"PATH": str(napari.parent)})) == {folder / "env"}


def test_links_and_first_lines_lead_on(folder: Path) -> None:
    base = environment_at(folder / "base")
    venv = folder / "venv"
    (venv / "bin").mkdir(parents=True)
    (venv / "lib").mkdir()
    (venv / "bin/python").symlink_to(base)
    gui = script(folder / "gui/start.py", venv / "bin/python")
    found = set(code_of([str(gui), "/data"], {}))
    assert found == {gui, gui.parent, venv, folder / "base"}


def test_a_script_that_an_interpreter_is_given_has_its_folder(folder: Path) -> None:
    gui = script(folder / "gui.py", "/no/such")
    assert set(code_of(["env", "A=1", str(gui)], {"PATH": ""})) >= {gui, folder}


def test_a_file_that_is_opened_at_the_start_brings_no_folder(folder: Path) -> None:
    (folder / "picture.tif").write_text("II*")
    # As on a disk of Windows.
    (folder / "picture.tif").chmod(0o777)
    found = set(code_of(["napari", str(folder / "picture.tif")], {"PATH": ""}))
    assert found == {folder / "picture.tif"}


def test_folders_that_an_environment_or_its_python_names_are_code(folder: Path) -> None:
    python = environment_at(folder / "env")
    plugin = folder / "plugin"
    plugin.mkdir()
    site = folder / "env/lib/python3.12/site-packages"
    (site / "plugin.pth").write_text(f"import this\n{plugin}\nbeside\n")
    variables = {"PYTHONPATH": "/a::/b", "LD_LIBRARY_PATH": "/c", "CONDA_PREFIX": "/d"}
    found = set(code_of([str(python)], variables))
    assert found == {folder / "env", plugin, *map(Path, ("/a", "/b", "/c", "/d"))}


def test_ours_is_code_and_where_we_were_started_is_not() -> None:
    own = set(own_code())
    assert {PACKAGE, Path(sys.prefix), Path(sys.base_prefix)} <= own
    assert Path.cwd() not in own


def test_what_its_user_writes_says_of_nothing_that_it_is_code(folder: Path) -> None:
    data, secret, gui = folder / "data", folder / "secret/key", folder / "gui/viewer.py"
    environment_at(data / "env")
    script(secret, "/bin/sh")
    script(gui, data / "env/bin/python")
    (data / "lead").symlink_to(secret)
    (folder / "on").symlink_to("data/lead")
    named = (gui, script(data / "picture.tif", secret), data / "lead", folder / "on")
    found = set(code_of([*map(str, named)], {"PATH": ""}, [data]))
    assert found == {gui, gui.parent}
    assert secret.parent in set(code_of([*map(str, named)], {"PATH": ""}))


def test_a_folder_of_the_environment_is_no_code_either_where_its_user_writes(folder: Path) -> None:
    data, secret, plugin = folder / "data", folder / "secret", folder / "plugin"
    for place in (data / "lib", secret, plugin):
        place.mkdir(parents=True)
    (data / "lead").symlink_to(secret)
    (folder / "on").symlink_to("data/lead")
    (folder / "plugins").symlink_to(plugin)
    variables = {
        "PYTHONPATH": f"{data}:{folder}/plugins:{data}/none/../../secret",
        "LD_LIBRARY_PATH": f"{data}/lib:{plugin}",
        "CONDA_PREFIX": str(data / "lead"),
        "VIRTUAL_ENV": str(folder / "on"),
    }
    assert set(code_of([], variables, [data])) == {folder / "plugins", plugin}


@pytest.mark.parametrize("place", ["data/ring/a", "x" * 300, "closed/a", "data/ring"])
def test_what_nobody_can_look_at_is_no_code(folder: Path, place: str) -> None:
    data = folder / "data"
    data.mkdir()
    (data / "ring").symlink_to("ring")
    (folder / "closed").mkdir(mode=0)
    there = folder / place
    folder.chmod(0o755)
    with another_user():
        variables = {"PATH": "", "PYTHONPATH": str(there)}
        assert set(code_of(["sh", str(there)], variables, [data])) == set()


def test_of_what_cannot_be_read_nothing_is_asked(folder: Path) -> None:
    gui = script(folder / "env/bin/gui", folder / "closed/python")
    paths = folder / "env/lib/python3.12/site-packages/a.pth"
    paths.mkdir(parents=True)
    (folder / "closed").mkdir(mode=0)
    folder.chmod(0o755)
    with another_user():
        assert set(code_of([str(gui)], {"PATH": ""})) == {folder / "env"}

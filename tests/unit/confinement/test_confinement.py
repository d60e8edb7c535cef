"""Which places a locked desktop leaves its programs."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from desktopd.confinement.confinement import Confinement
from desktopd.confinement.landlock import READ, RUN, WRITE, Right, Wall
from tests.deep_folder import make_deep

JUPYTER = ".local/share/jupyter/runtime/jpserver-1.json"


def confinement(folder: Path, **other: object) -> Confinement:
    for name in ("data", "run", "home"):
        (folder / name).mkdir(exist_ok=True)
    (folder / "run/token").write_text("x")
    usual: dict[str, object] = {
        "files": folder / "data",
        "own": (folder / "run/app",),
        "read": (folder / "samples",),
        "home": folder / "home",
        "settings": folder / "run/settings",
        "temporary": folder / "run/tmp",
        "secret": (folder / "run",),
        "tcp": False,
    }
    return Confinement(**{**usual, **other})  # type: ignore[arg-type]


def wall_of(one: Confinement, *argv: str, **environment: str) -> Wall:
    variables = {"XAUTHORITY": str(one.files / "none"), **environment}
    return one.wall(argv, variables, abstract_sockets=False)


def left(wall: Wall, path: Path) -> Right:
    """What is left of `path`: of all rules above it."""
    access = Right(0)
    for rule in wall.rules:
        if path.is_relative_to(rule.path):
            access |= rule.access
    return access


def test_its_own_folders_are_written_and_made(folder: Path) -> None:
    wall = wall_of(confinement(folder))
    for name in ("data", "run/app", "run/tmp", "run/settings"):
        assert left(wall, folder / name) == READ | WRITE, name
        assert (folder / name).is_dir()
    assert left(wall, folder / "samples") == READ


def test_nothing_else_of_ours_is_left(folder: Path) -> None:
    wall = wall_of(confinement(folder))
    for name in ("run", "run/token", "home", "home/pictures", "other"):
        assert left(wall, folder / name) == Right(0), name
    for path in ("/", "/root/x", "/home/ada", "/run/secrets", "/var/lib/docker", "/tmp", "/mnt/x"):
        assert left(wall, Path(path)) == Right(0), path
    assert left(wall, Path("/usr/lib")) == RUN


def test_at_home_settings_are_read_and_credentials_are_not(folder: Path) -> None:
    for name in (
        ".profile",
        ".ssh/key",
        ".models/a",
        ".config/gcloud/key",
        ".config/git/config",
        ".omero/sessions",
        ".irods/.irodsA",
        JUPYTER,
    ):
        (folder / "home" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "home" / name).write_text("x")
    (folder / "home/.out").symlink_to(folder / "run")
    wall = wall_of(confinement(folder))
    for name in (".profile", ".models/a", ".config/git/config"):
        assert left(wall, folder / "home" / name) == READ, name
    of_images = ("home/.omero/sessions", "home/.irods/.irodsA")
    of_others = ("home/.ssh/key", "home/.config/gcloud/key", f"home/{JUPYTER}", "run/token")
    for path in (*of_images, *of_others):
        assert left(wall, folder / path) == Right(0), path


def test_credentials_that_are_made_later_are_not_read_either(folder: Path) -> None:
    for name in (".config/git/config", ".cache/huggingface/hub/model", ".local/share/napari/a"):
        (folder / "home" / name).parent.mkdir(parents=True)
        (folder / "home" / name).write_text("x")
    wall = wall_of(confinement(folder))
    for name in (".config/git/config", ".cache/huggingface/hub/model", ".local/share/napari/a"):
        assert left(wall, folder / "home" / name) == READ, name
    keyring = ".local/share/keyrings/login.keyring"
    for name in (".config/rclone/rclone.conf", ".cache/huggingface/token", keyring):
        assert left(wall, folder / "home" / name) == Right(0), name


def test_what_is_secret_is_so_wherever_it_lies(folder: Path) -> None:
    run = folder / "home/.desktopd/run"
    (run / "app").mkdir(parents=True)
    (folder / "home/.desktopd/other").write_text("x")
    wall = wall_of(confinement(folder, own=(run / "app",), secret=(run,)))
    assert left(wall, run / "token") == Right(0)
    assert left(wall, run / "app") == READ | WRITE
    assert left(wall, folder / "home/.desktopd/other") == READ


def test_code_is_not_written_although_it_lies_among_what_is(folder: Path) -> None:
    program = folder / "kept/desktopd/bin/napari"
    program.parent.mkdir(parents=True)
    (folder / "kept/desktopd/lib").mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    (folder / "kept/a").mkdir()
    wall = wall_of(confinement(folder, own=(folder / "kept",)), str(program))
    assert left(wall, program) == RUN
    assert left(wall, folder / "kept/a/b") == READ | WRITE


def test_a_link_that_the_application_could_have_made_is_not_followed(folder: Path) -> None:
    (folder / "data").mkdir()
    (folder / "data/kept").symlink_to(folder / "other")
    (folder / "kept").symlink_to(folder / "data/kept")
    (folder / "other").mkdir()
    (folder / "data/samples").symlink_to(folder / "other")
    own = (folder / "data/kept", folder / "data/kept/below", folder / "kept")
    wall = wall_of(confinement(folder, own=own, read=(folder / "data/samples",)))
    for name in ("run", "run/token", "other", "other/below"):
        assert left(wall, folder / name) == Right(0), name


def test_a_link_of_somebody_else_is_followed(folder: Path) -> None:
    for name in ("home", "scratch"):
        (folder / name).mkdir()
    (folder / "scratch/napari").mkdir()
    (folder / "home/.cache").symlink_to(folder / "scratch")
    wall = wall_of(confinement(folder))
    assert left(wall, folder / "scratch/napari") == READ


def test_nothing_at_home_is_written(folder: Path) -> None:
    for name in (".config/git", ".cache/numba", ".local/share/jupyter", ".nv"):
        (folder / "home" / name).mkdir(parents=True)
        (folder / "home" / name / "a").touch()
    wall = wall_of(confinement(folder))
    for name in (".config/git/a", ".cache/numba/a", ".local/share/jupyter/a", ".nv/a"):
        assert left(wall, folder / "home" / name) == READ, name


def test_a_script_at_home_brings_not_all_of_it(folder: Path) -> None:
    (folder / "home").mkdir()
    script = folder / "home/gui.py"
    script.write_text("")
    wall = wall_of(confinement(folder), "python3", str(script), PATH="/usr/bin")
    assert left(wall, script) == RUN
    assert left(wall, folder / "home/pictures") == Right(0)


def test_temporary_files_end_with_their_desktop(folder: Path) -> None:
    for place in (folder / "run/tmp", folder / "scratch/own"):
        place.mkdir(parents=True, exist_ok=True)
        one = confinement(folder, temporary=place)
        assert one.variables({})["TMPDIR"] == str(place)
        one.leave()
        assert not place.exists()
    assert (folder / "scratch").exists()


@pytest.mark.skipif(shutil.which("java") is None, reason="no Java")
def test_java_has_its_temporary_files_there_too(folder: Path) -> None:
    one = confinement(folder, temporary=folder / "a b")
    environment = one.variables({"JAVA_TOOL_OPTIONS": "-Dof.its.user=1"})
    words = ["java", "-XshowSettings:properties", "-version"]
    told = subprocess.run(words, env=environment, capture_output=True, text=True, check=True).stderr
    assert f"java.io.tmpdir = {folder / 'a b'}\n" in told
    assert "of.its.user = 1\n" in told


def test_what_a_program_has_written_is_gone_at_the_next_start(folder: Path) -> None:
    (folder / "home/.config/napari").mkdir(parents=True)
    (folder / "home/.config/napari/a").write_text("of the owner")
    one = confinement(folder)
    one.begin()
    wall_of(one)
    (one.settings / ".config/napari/a").write_text("of the application")
    (one.settings / ".local/state").rmdir()
    (one.settings / ".local/state").symlink_to(folder / "home")
    (one.temporary / "a").write_text("of the application")
    one.begin()
    assert (one.settings / ".config/napari/a").read_text() == "of the owner"
    assert not (one.settings / ".local/state").is_symlink()
    assert not (one.temporary / "a").exists()
    one.leave()
    assert not one.settings.exists()
    assert (folder / "home/.config/napari/a").exists()


def test_nothing_that_a_program_makes_is_there_for_good(folder: Path) -> None:
    one = confinement(folder)
    one.begin()
    wall_of(one)
    for place in (one.settings, one.temporary):
        make_deep(place)
        (place / "closed/inner").mkdir(parents=True)
        (place / "closed").chmod(0)
    one.begin()
    assert not (one.settings / "closed").exists()
    one.leave()
    assert not one.settings.exists()
    assert not one.temporary.exists()


def test_links_that_lead_in_a_ring_leave_nothing_and_keep_nobody_from_starting(
    folder: Path,
) -> None:
    (folder / "data").mkdir()
    (folder / "home/.config").mkdir(parents=True)
    rings = [folder / name for name in ("data/start.tif", "samples", "kept", "home/.ssh")]
    for ring in rings:
        ring.symlink_to(ring)
    one = confinement(folder, own=(folder / "kept",))
    wall = wall_of(one, "xterm", *map(str, rings), PYTHONPATH=str(rings[1]))
    assert left(wall, folder / "data/start.tif") == READ | WRITE
    assert left(wall, folder / "home/.ssh/key") == Right(0)

"""Which places a locked desktop leaves its X server."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktopd.confinement import display
from desktopd.confinement.display import display_wall
from desktopd.confinement.landlock import READ, RUN, Right, Rule, Wall
from tests.unit.confinement.test_confinement import confinement, left

XVFB = "/usr/bin/Xvfb"


def wall_of(folder: Path, program: str = XVFB, *own: Rule, **other: object) -> Wall:
    return display_wall(confinement(folder, **other), program, {"PATH": "/usr/bin:/bin"}, own)


def test_nothing_of_the_application_ours_or_at_home_is_left(folder: Path) -> None:
    wall = wall_of(folder)
    for name in ("data", "run", "run/token", "run/app", "run/settings", "run/tmp", "home/.profile"):
        assert left(wall, folder / name) == Right(0), name
    for path in ("/", "/root/x", "/home/ada", "/run/secrets", "/dev/shm", "/mnt/x", "/var/tmp"):
        assert left(wall, Path(path)) == Right(0), path
    assert not wall.tcp
    assert not wall.abstract_sockets


def test_it_reads_the_system_and_starts_its_compiler_of_keyboards_alone(folder: Path) -> None:
    wall = wall_of(folder)
    for path in ("/usr/share/fonts/X11", "/usr/share/X11/xkb", "/usr/bin/env", "/etc/X11"):
        assert left(wall, Path(path).resolve()) == READ, path
    for path in (XVFB, "/bin/sh", "/usr/bin/xkbcomp"):
        assert left(wall, Path(path).resolve()) == RUN, path


def test_a_script_that_starts_it_starts_what_it_says(folder: Path) -> None:
    script = folder / "bin/Xvfb"
    script.parent.mkdir()
    script.write_text("#!/bin/sh\nexec /usr/bin/Xvfb")
    script.chmod(0o755)
    wall = wall_of(folder, str(script))
    assert left(wall, script) == RUN
    assert left(wall, Path("/usr/bin/env").resolve()) == RUN


def test_its_own_files_are_left_one_by_one(folder: Path) -> None:
    cookie = folder / "run/Xauthority"
    wall = wall_of(folder, XVFB, Rule(cookie, READ))
    assert left(wall, cookie) == READ
    assert left(wall, folder / "run/token") == Right(0)


def test_what_lies_among_the_systems_files_is_left_out(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("system/opt/uploads/a", "system/opt/program/a", "whole/a"):
        (folder / name).mkdir(parents=True)
    monkeypatch.setattr(display, "SYSTEM", (str(folder / "system"), str(folder / "whole")))
    places = (folder / "system/opt/uploads", folder / "whole")
    wall = wall_of(folder, files=places[0], own=places[1:])
    for name in ("system/opt/uploads", "system/opt/uploads/a", "whole", "whole/a"):
        assert left(wall, folder / name) == Right(0), name
    assert left(wall, folder / "system/opt/program/a") == READ


def test_where_keyboards_are_compiled_among_others_files_the_log_says_so(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(display, "KEYBOARDS", folder / "missing")
    monkeypatch.setattr(display, "TEMPORARY", folder / "elsewhere")
    (folder / "elsewhere").mkdir()
    written = READ ^ Right.READ_DIR | Right.WRITE_FILE | Right.MAKE_REG | Right.REMOVE_FILE
    assert left(wall_of(folder), folder / "elsewhere") == written
    assert not caplog.records
    monkeypatch.setattr(display, "TEMPORARY", folder)
    wall_of(folder)
    (told,) = caplog.messages
    assert f"reads fonts there, in {folder}" in told
    caplog.clear()
    monkeypatch.setattr(display, "KEYBOARDS", folder / "elsewhere")
    assert left(wall_of(folder), folder / "elsewhere") == written
    assert left(wall_of(folder), folder / "data") == Right(0)
    assert not caplog.records

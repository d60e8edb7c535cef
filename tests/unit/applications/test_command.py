"""Which command is napari's, and what it gets."""

import os
from pathlib import Path

import pytest

from desktopd.applications.command import HOOK, CompanionPlace, companion_environment, is_napari
from desktopd.config.settings import PREFIX


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("napari", True),
        ("/opt/venv/bin/napari /data/cells.tif --channel-axis 0", True),
        ("napari --with my-plugin", True),
        ("env QT_SCALE_FACTOR=2 napari", True),
        ("conda run -n imaging --no-capture-output napari", True),
        ("python -m napari", True),
        ("env -u napari python view.py", True),
        ("/opt/mine/napari", True),
        ("xterm", False),
        ("fiji", False),
        ("python my_gui.py", False),
        ("cat napari.txt", False),
    ],
)
def test_a_command_that_starts_napari_is_known(command: str, expected: bool) -> None:
    assert is_napari(command) is expected


def test_the_users_own_path_comes_after_ours() -> None:
    place = CompanionPlace(Path("/run/desktop"))
    made = companion_environment(place, {"PYTHONPATH": "/a:/b"}, restore=True, motion="smooth")
    assert made["PYTHONPATH"] == os.pathsep.join([str(HOOK), "/a", "/b"])
    made = companion_environment(place, {}, restore=True, motion="smooth")
    assert made["PYTHONPATH"] == str(HOOK)
    assert (HOOK / "sitecustomize.py").is_file()


def test_folders_are_told_to_the_companion() -> None:
    place, folders = CompanionPlace(Path("/run")), {"files": Path("/data"), "samples": Path("/s")}
    made = companion_environment(place, {}, restore=True, motion="smooth", **folders)
    assert (made["DESKTOP_COMPANION_FILES"], made["DESKTOP_COMPANION_SAMPLES"]) == ("/data", "/s")


def test_no_variable_looks_like_a_setting() -> None:
    made = companion_environment(CompanionPlace(Path("/run")), {}, restore=True, motion="smooth")
    assert not [name for name in made if name.startswith(PREFIX)]

"""Commands of napari that open no window: the companion's environment changes nothing of them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from desktopd.applications.command import CompanionPlace, companion_environment
from tests.browser.napari_desktop import WITHIN


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--version"], "napari version"),
        (["--plugin-info"], "napari"),
        (["--with", "no-such-plugin"], "no-such-plugin"),
    ],
)
def test_napari_without_a_window_is_as_ever(
    tmp_path: Path, arguments: list[str], words: str
) -> None:
    place = companion_environment(CompanionPlace(tmp_path), {}, restore=True, motion="smooth")
    runs = [
        subprocess.run(
            [str(Path(sys.executable).parent / "napari"), *arguments],
            env={**os.environ, **environment, "QT_QPA_PLATFORM": "offscreen"},
            capture_output=True,
            text=True,
            check=False,
            timeout=WITHIN,
        )
        for environment in ({}, place)
    ]
    assert words in runs[0].stdout + runs[0].stderr
    assert runs[1].returncode == runs[0].returncode
    assert runs[1].stdout == runs[0].stdout
    assert not (tmp_path / "companion" / "sock").exists()

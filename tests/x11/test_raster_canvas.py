"""A real napari, whose canvas a user may leave no room by the panels around it."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from desktopd.geometry import Size
from tests.daemon import ROOT
from tests.x11.conftest import running


@pytest.mark.timeout(120)
def test_a_canvas_without_room_leaves_the_camera_where_it_is() -> None:
    with running("xvfb", Size(1280, 800)) as server:
        ended = subprocess.run(
            [sys.executable, "-m", "tests.x11.empty_canvas"],
            cwd=ROOT,
            env=server.environment,
            capture_output=True,
            text=True,
            timeout=100,
        )
    assert ended.returncode == 0, ended.stderr[-4000:]
    assert "Traceback" not in ended.stderr, ended.stderr[-4000:]
    views = json.loads(ended.stdout)
    assert len(views) == 4
    for when, view in views.items():
        assert view["center"][1:] == [31.5, 31.5], when
        assert 0.1 < view["zoom"] < 100, when
        assert view["colours"] > 20, when

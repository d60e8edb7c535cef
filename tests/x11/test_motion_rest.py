from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from desktopd.geometry import Size
from tests.x11.conftest import running

SCRIPT = Path(__file__).with_name("motion_rest.py")


def test_a_scene_rests_sooner_after_a_drag() -> None:
    with running("xvfb", Size(640, 480)) as server:
        told = subprocess.run(
            [sys.executable, str(SCRIPT)],
            env=server.environment,
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert told.stdout.split() == ["dragged", "still"], told.stderr[-2000:]

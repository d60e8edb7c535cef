"""Deadlines go by the monotonic clock: a clock that is set, by a day say, ends nothing."""

import re
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "desktopd"
WALL = re.compile(r"\btime\.time\(\)|\bdatetime\.now\(|\bdatetime\.datetime\.now\(")
TELL = {
    "applications/application.py": "when it ended, for people",
    "applications/tries.py": "the age of a file, which has a time of the wall",
    "files/sweep.py": "the age of files, which have times of the wall",
    "http/access/steady_time.py": "ends that outlive the daemon, by the clock when it began",
    "http/api/session.py": "the end that a machine has been told",
    "http/api/uploads.py": "a date in a header",
    "integrations/jupyterhub.py": "a date for the hub",
    "integrations/napari/errors.py": "when it happened, for people",
    "integrations/napari/session/autosave.py": "when it was saved, for people",
    "tls/self_signed.py": "the dates of a certificate",
}
"""What the time of the wall is for, in the files that ask for it."""


def test_the_clock_of_the_wall_only_tells() -> None:
    found = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if WALL.search(path.read_text("utf-8"))
    }
    assert found == set(TELL)

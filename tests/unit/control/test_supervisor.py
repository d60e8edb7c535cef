"""The end of supervisord, and of no other parent."""

import os
import signal
import subprocess
import sys

import pytest

# A parent that starts the daemon's process and waits for it.
PARENT = "import subprocess, sys; subprocess.run([sys.executable, '-c', sys.argv[1]]); print('on')"
CHILD = "from desktopd.control.supervisor import end_supervisor; end_supervisor()"


@pytest.mark.parametrize(
    ("name", "ends"), [("desktopd", True), ("another-program", False), (None, False)]
)
def test_only_the_supervisor_of_this_very_process_is_ended(name: str | None, ends: bool) -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("SUPERVISOR_")}
    if name is not None:
        environment["SUPERVISOR_PROCESS_NAME"] = name
    done = subprocess.run(
        [sys.executable, "-c", PARENT, CHILD],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == (-signal.SIGTERM if ends else 0)
    assert done.stdout == ("" if ends else "on\n")

"""What a process sets of itself when it begins."""

import subprocess
import sys

BEGUN = """
import signal, subprocess
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
from desktopd.own_process import set_limits
set_limits()
print(subprocess.run(["sh", "-c", "exit 3"]).returncode)
"""


def test_how_children_end_is_told_whoever_has_ignored_that() -> None:
    begun = subprocess.run([sys.executable, "-c", BEGUN], stdout=subprocess.PIPE, check=True)
    assert begun.stdout == b"3\n"

"""The script of a job, where another user was faster with its folder: the number is known."""

import os
import secrets
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.daemon import ROOT

NOBODY = 65534
SCRIPT = ROOT / "desktopd" / "ssh" / "slurm" / "job.sh"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give a folder away")
def test_a_folder_that_another_user_has_made_holds_no_job_up(tmp_path: Path) -> None:
    job = secrets.token_hex(8)
    base = Path(f"/tmp/desktopd-{os.getuid()}")
    made = not base.exists()
    folder = base / f"job-{job}"
    folder.mkdir(parents=True)
    os.mkfifo(folder / "daemon.log")
    os.chown(folder, NOBODY, NOBODY)
    program = tmp_path / "desktopd"
    # As desktopd does, which takes no folder of somebody else's.
    program.write_text("#!/bin/sh\nexit 1\n")
    program.chmod(0o755)
    environment = {
        "HOME": str(tmp_path),
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
        "SLURM_JOB_ID": job,
        "SLURM_JOB_END_TIME": "1999999999",
    }
    try:
        ended = subprocess.run(["sh", SCRIPT], env=environment, timeout=20, check=False)
        assert ended.returncode == 1
        assert folder.exists()
    finally:
        shutil.rmtree(base if made else folder)

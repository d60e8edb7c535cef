"""tests/gpu/run where there may be no GPU: it comes to its end, and says what draws and why."""

from __future__ import annotations

import subprocess

from tests.daemon import ROOT


def test_it_runs_to_its_end_and_says_what_draws() -> None:
    """Without napari, whose turning takes as long as a GPU is worth being looked at."""
    done = subprocess.run(
        [ROOT / "tests/gpu/run", "--seconds", "0", "--backends", "xvfb"],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    told = {
        line[:34].strip(): line[34:] for line in done.stdout.splitlines() if line[:5] == "xvfb:"
    }
    assert told["xvfb: desktopd check"] == "says the same"
    assert told["xvfb: nvidia without its files"].startswith("software (no NVIDIA GPU")
    assert told["xvfb: dri without its driver"].endswith("all the same)")
    software = "THERE IS NO GPU THAT CAN BE USED" in done.stdout
    assert software == ("llvmpipe" in told["xvfb: the application's OpenGL"])
    assert software == told["xvfb: gpu=auto"].startswith("software (")

"""Prints what is wanted beside desktopd: ``python requirements.py VARIANT``, for container/lock.

``python requirements.py --extras fast,napari`` does so for extras. To be run beside pyproject.toml.
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

EXTRAS = {
    "napari": ["fast", "napari"],
    "slim": ["fast"],
    "tools": ["fast", "napari"],
    "jupyter": ["fast", "napari", "jupyter"],
    "cuda": ["fast", "napari"],
}
# The servers that the desktop is a tile of.
BESIDES = {"jupyter": ["jupyterlab>=4.3", "jupyterhub>=5.2"]}


def main(variant: str, extras: str = "") -> None:
    """Print the requirements of a variant; exits with a message when there is no such one."""
    if variant != "--extras" and variant not in EXTRAS:
        sys.exit(f"VARIANT='{variant}': expected {', '.join(EXTRAS)}")
    project = tomllib.loads(Path("pyproject.toml").read_text("utf-8"))["project"]
    found = [*project["dependencies"], *BESIDES.get(variant, [])]
    for name in EXTRAS.get(variant) or extras.split(","):
        found += project["optional-dependencies"][name]
    print(*found, sep="\n")


if __name__ == "__main__":
    main(*sys.argv[1:])

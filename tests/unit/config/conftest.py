"""Settings of the tests alone: none of the machine that runs them."""

import os
from pathlib import Path

import pytest

from desktopd.config import sources


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sources, "DEFAULT_FILE", tmp_path / "none.toml")
    for name in list(os.environ):
        if name.startswith("DESKTOPD_"):
            monkeypatch.delenv(name)

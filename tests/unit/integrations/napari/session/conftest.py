"""What tests of sessions have in common."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import tifffile

from desktopd.integrations.napari.session.blocks import Blocks
from desktopd.integrations.napari.session.reading import note_readings
from tests.unit.integrations.napari.session.running import Napari

RNG = np.random.default_rng(3)


@pytest.fixture(scope="module")
def readings() -> Iterator[None]:
    """Readings are noted, as in a napari that has a companion."""
    from napari.components import ViewerModel
    from napari.plugins import _initialize_plugins

    with pytest.MonkeyPatch.context() as patch:
        for name in ("_add_layers_with_plugins", "open_sample"):
            patch.setattr(ViewerModel, name, getattr(ViewerModel, name))
        note_readings()
        _initialize_plugins()
        yield


@pytest.fixture
def blocks(tmp_path: Path) -> Blocks:
    return Blocks(tmp_path / "blocks")


@pytest.fixture
def napari(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Napari]:
    session = "desktopd.integrations.napari.session"
    # A process that is killed has no lock any more.
    monkeypatch.setattr(f"{session}.claim.lock", lambda folder: True)
    monkeypatch.setattr(f"{session}.keeper.PAUSES", (0, 0))
    napari = Napari(tmp_path / "kept" / "session")
    yield napari
    napari.kill()


@pytest.fixture
def cells(tmp_path: Path) -> Path:
    tifffile.imwrite(tmp_path / "cells.tif", RNG.integers(0, 255, (3, 64, 64), np.uint8))
    return tmp_path / "cells.tif"

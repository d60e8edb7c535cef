"""Files of labels that are away for a while: what was saved of them stays, and is told."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr
from dask import array as computed

from desktopd.integrations.napari.session.own_file import is_filed
from tests.unit.integrations.napari.session.restoring import RNG
from tests.unit.integrations.napari.session.running import Napari

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.usefixtures("readings")]
PAINT = RNG.integers(1, 9, (64, 64))


def away(folder: Path) -> Callable[[], object]:
    """Take a folder away; gives what brings it back."""
    place = folder.rename(folder.with_name("away"))

    def back() -> None:
        shutil.rmtree(folder, ignore_errors=True)
        place.rename(folder)

    return back


def disk(tmp_path: Path, mode: Any, zarr_format: Any = 3) -> Any:
    """An array in a folder of zarr's."""
    place = tmp_path / "disk" / "paint"
    if mode == "w":
        kind: dict[str, Any] = {"dtype": "i8", "chunks": (32, 32), "zarr_format": zarr_format}
        return zarr.create_array(place, shape=(64, 64), **kind)
    return zarr.open_array(place, mode=mode)


@pytest.mark.parametrize("is_painted", [False, True])
@pytest.mark.parametrize("what", ["disk", "disk/paint"])
@pytest.mark.parametrize("zarr_format", [2, 3])
def test_labels_whose_files_are_away_stay_as_they_were(
    napari: Napari, tmp_path: Path, what: str, is_painted: bool, zarr_format: Any
) -> None:
    disk(tmp_path, "w", zarr_format)[:] = PAINT

    def script(viewer: Any) -> Any:
        return viewer.add_labels(disk(tmp_path, "r+"), name="paint")

    layer = napari.start(script)
    layer.data[3, 3] = 99
    layer.refresh()
    assert napari.save() is None
    back = away(tmp_path / what)
    if is_painted:
        layer.paint((50, 50), 99)
    layer.opacity = 0.25
    assert "is away" in (napari.save() or "")
    assert "is away" in (napari.save() or ""), "though a stroke has made a folder there"
    (kept,) = napari.saved()
    assert kept.data[3, 3] == 99
    assert np.array_equal(kept.data[4:], PAINT[4:])
    back()
    assert napari.save() is None
    again = napari.start(script)
    assert is_filed(again.data)
    assert again.opacity == 0.25
    assert (disk(tmp_path, "r")[3, 3], disk(tmp_path, "r")[20, 20]) == (99, PAINT[20, 20])


def test_what_is_computed_from_files_that_are_away_stays_as_it_was(
    napari: Napari, tmp_path: Path
) -> None:
    disk(tmp_path, "w")[:] = PAINT
    layer = napari.viewer.add_labels(computed.from_zarr(disk(tmp_path, "r")), name="paint")
    layer.data[3, 3] = 99
    assert napari.save() is None
    back = away(tmp_path / "disk")
    layer.data[5, 5] = 99
    assert "is away" in (napari.save() or "")
    assert np.array_equal(napari.saved()["paint"].data[4:], PAINT[4:])
    back()
    assert napari.save() is None
    assert napari.saved()["paint"].data[5, 5] == 99

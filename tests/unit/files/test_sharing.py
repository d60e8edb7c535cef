"""What is shared, as a path that a program of the desktop can open."""

from pathlib import Path

import pytest

from desktopd.files.errors import BadPath, Forbidden, Missing
from desktopd.files.limits import UploadLimits
from desktopd.files.sharing import Rules, SharedFiles


@pytest.fixture
def shared(folder: Path) -> SharedFiles:
    (folder / "in").mkdir()
    (folder / "in" / "cells.tif").write_bytes(b"II")
    (folder / "outside").symlink_to("/etc")
    return SharedFiles(folder, Rules(), UploadLimits(), folder / "records")


def test_what_is_there_has_an_absolute_path(shared: SharedFiles, folder: Path) -> None:
    assert shared.locate("in/cells.tif") == folder.resolve() / "in" / "cells.tif"
    assert shared.locate("in") == folder.resolve() / "in"


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("in/none.tif", Missing),
        ("outside", Forbidden),
        ("outside/passwd", Forbidden),
        ("../etc/passwd", BadPath),
        ("in/../../etc", BadPath),
    ],
)
def test_nothing_else_has(shared: SharedFiles, path: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        shared.locate(path)

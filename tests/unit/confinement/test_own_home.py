"""What a locked desktop's programs have in the place of settings and caches at home."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktopd.confinement.own_home import FOLDERS, make_own_home, own_environment


@pytest.fixture
def home(folder: Path) -> Path:
    made = folder / "home"
    for name in (".config/napari/a", ".config/git/config", ".cache/models/a", ".cache/numba/a"):
        (made / name).parent.mkdir(parents=True)
        (made / name).write_text("of the owner")
    return made


def test_all_that_is_at_home_is_read_there(folder: Path, home: Path) -> None:
    own = folder / "own"
    make_own_home(own, home)
    for name in (".config/napari/a", ".config/git/config", ".cache/models/a", ".cache/numba/a"):
        assert (own / name).read_text() == "of the owner", name


def test_what_is_written_is_not_at_home(folder: Path, home: Path) -> None:
    own = folder / "own"
    make_own_home(own, home)
    (own / ".config/napari/a").write_text("of the application")
    (own / ".config/git").unlink()
    (own / ".config/git").mkdir()
    (own / ".config/plugin").mkdir()
    for name in (".config/napari/a", ".config/git/config"):
        assert (home / name).read_text() == "of the owner", name
    assert not (home / ".config/plugin").exists()


def test_in_the_place_of_what_is_closed_programs_make_their_own(folder: Path, home: Path) -> None:
    (home / ".config/browser").mkdir()
    own = folder / "own"
    make_own_home(own, home, [".config/browser"])
    (own / ".config/browser").mkdir()
    assert not (own / ".config/browser").is_symlink()


def test_a_link_at_home_stays_one(folder: Path, home: Path) -> None:
    (folder / "elsewhere").mkdir()
    (home / ".local/share").mkdir(parents=True)
    (home / ".local/share/napari").symlink_to(folder / "elsewhere")
    make_own_home(folder / "own", home)
    assert (folder / "own/.local/share/napari").is_symlink()


def test_programs_are_told_of_it(folder: Path, home: Path) -> None:
    own = folder / "own"
    make_own_home(own, home)
    told = own_environment(own)
    assert told.keys() >= FOLDERS.keys()
    assert all(Path(place).is_dir() and Path(place).parent != home for place in told.values())

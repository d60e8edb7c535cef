"""The libx264 of this machine, and machines where it is missing or another."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from desktopd.rfb.encoders.encoder import VideoError
from desktopd.rfb.encoders.h264 import libx264
from desktopd.rfb.encoders.h264.libx264 import Parameters, load, set_parameter


@pytest.fixture(autouse=True)
def loaded_anew() -> Iterator[None]:
    load.cache_clear()
    yield
    load.cache_clear()


def test_a_library_that_is_laid_out_in_another_way_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fields = [*Parameters._fields_]
    fields[3:3] = [("something_new", libx264.c_int)]
    moved = type("Parameters", (libx264.Structure,), {"_fields_": fields})
    monkeypatch.setattr(libx264, "Parameters", moved)
    with pytest.raises(VideoError, match="laid out in another way"):
        load()


def test_a_picture_that_is_laid_out_in_another_way_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fields = [("something_new", libx264.c_int64), *libx264.Picture._fields_]
    moved = type("Picture", (libx264.Structure,), {"_fields_": fields})
    monkeypatch.setattr(libx264, "Picture", moved)
    with pytest.raises(VideoError, match="laid out in another way"):
        load()


def test_a_machine_without_libx264_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(libx264, "BUILDS", (1,))
    with pytest.raises(VideoError, match="apt-get install libx264"):
        load()


def test_the_library_is_loaded_once() -> None:
    assert load() is load()


@pytest.mark.parametrize("value", ["7 dwarfs", ""])
def test_a_value_that_libx264_does_not_take_is_refused(value: str) -> None:
    library, _ = load()
    with pytest.raises(VideoError, match=f"refuses me={value}"):
        set_parameter(library, Parameters(), "me", value)

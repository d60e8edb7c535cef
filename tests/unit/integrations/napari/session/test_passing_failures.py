"""Failures that pass: nothing that was saved is lost by them, in one process or after a restart."""

import errno
import os
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from dask import array as computed

from desktopd.integrations.napari.session import viewed, writer
from desktopd.integrations.napari.session.blocks import Blocks
from tests.unit.integrations.napari.session.restoring import RNG
from tests.unit.integrations.napari.session.running import Napari

# What napari's own libraries warn of is not ours to mend.
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from napari.components import Camera, ViewerModel
    from napari.components.overlays import Overlay, ScaleBarOverlay
    from napari.layers import Labels, Points

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.usefixtures("readings")]
PAINT = RNG.integers(1, 9, (64, 64))


def fails(failure: int | Exception) -> Callable[..., Any]:
    def fail(*_: object) -> Any:
        raise failure if isinstance(failure, Exception) else OSError(failure, os.strerror(failure))

    return fail


FAILURES: dict[str, Callable[[pytest.MonkeyPatch, Any], None]] = {
    "no room": lambda patch, layer: patch.setattr(Blocks, "_check_space", fails(errno.ENOSPC)),
    "no look": lambda patch, layer: patch.setattr(Blocks, "_has", fails(errno.ESTALE)),
    "no folder": lambda patch, layer: patch.setattr(Path, "mkdir", fails(errno.EROFS)),
    "no state": lambda patch, layer: patch.setattr(type(layer), "_get_state", fails(errno.EIO)),
    "no memory": lambda patch, layer: patch.setattr(Blocks, "put", fails(MemoryError())),
}


@pytest.mark.parametrize("restarts", [False, True])
@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES)
def test_what_was_saved_stays_until_it_can_be_replaced(
    napari: Napari, monkeypatch: pytest.MonkeyPatch, failure: Any, restarts: bool
) -> None:
    napari.viewer.add_labels(PAINT.copy(), name="paint", opacity=0.25)
    assert napari.save() is None
    if restarts:
        napari.start()
    layer = napari.viewer.layers["paint"]
    layer.data[3, 3] = 99
    with monkeypatch.context() as patch:
        failure(patch, layer)
        assert napari.save()
    (kept,) = napari.saved()
    assert np.array_equal(kept.data, PAINT)
    assert kept.opacity == 0.25
    assert napari.save() is None
    assert napari.saved()["paint"].data[3, 3] == 99


@pytest.mark.parametrize("restarts", [False, True])
def test_what_is_set_of_a_layer_whose_data_is_a_script_s_stays_too(
    napari: Napari, monkeypatch: pytest.MonkeyPatch, restarts: bool
) -> None:
    def script(viewer: Any) -> Any:
        return viewer.add_image(computed.zeros((64, 64)), name="image")

    layer = napari.start(script)
    layer.opacity = 0.25
    napari.ask()
    if restarts:
        layer = napari.start(script)
    with monkeypatch.context() as patch:
        patch.setattr(type(layer), "_get_state", fails(RuntimeError("in the midst of it")))
        assert "in the midst of it" in (napari.save() or "")
    assert napari.start(script).opacity == 0.25


LASTING: dict[str, Callable[[pytest.MonkeyPatch, Any], None]] = {
    "tells nothing": lambda patch, layer: raising(patch, type(layer), "as_layer_data_tuple"),
    "has no data": lambda patch, layer: raising(patch, type(layer), "data"),
}


@pytest.mark.parametrize("failure", LASTING.values(), ids=LASTING)
def test_what_raises_for_good_keeps_nothing_else_from_being_saved_or_restarted(
    napari: Napari, monkeypatch: pytest.MonkeyPatch, failure: Any
) -> None:
    layer = napari.viewer.add_labels(PAINT.copy(), name="paint")
    points = napari.viewer.add_points(np.zeros((1, 2)), name="points")
    assert napari.save() is None
    with monkeypatch.context() as patch:
        failure(patch, layer)
        errors = []
        for number in range(2, 8):
            before, points.data = napari.ask()["time"], np.zeros((number, 2))
            saved = napari.ask()
            errors.append(saved["error"])
            assert saved["time"] > before
            assert [one["name"] for one in saved["not_kept"]] == ["paint"]
        assert errors[0]
        assert errors[-1] is None
    napari.start()
    assert np.array_equal(napari.viewer.layers["paint"].data, PAINT)
    assert len(napari.viewer.layers["points"].data) == number


def test_a_disk_that_stays_full_is_an_error_until_it_is_not(
    napari: Napari, monkeypatch: pytest.MonkeyPatch
) -> None:
    layer = napari.viewer.add_labels(PAINT.copy(), name="paint")
    assert napari.save() is None
    layer.data[3, 3] = 99
    with monkeypatch.context() as patch:
        patch.setattr(Blocks, "_check_space", fails(errno.ENOSPC))
        for _ in range(8):
            assert "No space left" in (napari.save() or "")
    assert napari.save() is None


def test_a_layer_of_a_script_for_which_there_is_no_room_is_not_removed(
    napari: Napari, monkeypatch: pytest.MonkeyPatch
) -> None:
    def script(viewer: Any) -> None:
        viewer.add_labels(PAINT.copy(), name="paint")
        viewer.add_labels(PAINT.copy(), name="long", metadata={"text": "x" * 60_000})
        viewer.add_labels(PAINT.copy(), name="removed")

    monkeypatch.setattr(writer, "LARGEST", 50_000)
    napari.start(script)
    del napari.viewer.layers["removed"]
    assert [one["name"] for one in napari.ask()["not_kept"]] == ["long"]
    napari.start(script)
    assert {layer.name for layer in napari.viewer.layers} == {"paint", "long"}


ASIDES: dict[str, tuple[type, str, Callable[[Any], Any]]] = {
    "setting": (Labels, "brush_size", lambda viewer: viewer.layers[0].brush_size),
    "overlay": (ScaleBarOverlay, "model_dump", lambda viewer: viewer.scale_bar.visible),
    "all overlays": (Overlay, "model_dump", lambda viewer: viewer.layers[0].bounding_box.visible),
    "colours": (Points, "face_color_mode", lambda viewer: viewer.layers[1].face_color_mode),
    "camera": (Camera, "zoom", lambda viewer: viewer.camera.zoom),
    "title": (ViewerModel, "title", lambda viewer: viewer.title),
}


@pytest.mark.parametrize("restarts", [False, True])
@pytest.mark.parametrize("aside", ASIDES.values(), ids=ASIDES)
def test_what_cannot_be_told_for_a_moment_stays_as_it_was_saved_and_is_told(
    napari: Napari, monkeypatch: pytest.MonkeyPatch, aside: Any, restarts: bool
) -> None:
    cls, name, chosen = aside
    viewer = napari.viewer
    viewer.add_labels(PAINT.copy(), name="paint").brush_size = 4
    viewer.layers[0].bounding_box.visible = viewer.scale_bar.visible = True
    points = viewer.add_points(np.zeros((2, 2)), features={"kind": ["a", "b"]}, name="points")
    points.face_color = "kind"
    viewer.camera.zoom, viewer.title = 7, "mine"
    assert napari.save() is None
    if restarts:
        napari.start()
    before = chosen(napari.viewer)
    napari.viewer.layers[0].opacity = 0.25
    with monkeypatch.context() as patch:
        raising(patch, cls, name)
        saved = napari.ask()
    assert saved["error"] is None
    assert all("in the midst of it" in one["reason"] for one in saved["not_kept"])
    assert saved["not_kept"]
    napari.start()
    assert chosen(napari.viewer) == before
    assert napari.viewer.layers[0].opacity == 0.25
    assert napari.save() is None


def test_what_of_the_view_could_not_be_told_since_the_start_stays_as_it_was_saved(
    napari: Napari, monkeypatch: pytest.MonkeyPatch
) -> None:
    napari.viewer.add_points(np.zeros((1, 2)))
    napari.viewer.title = "mine"
    assert napari.save() is None
    with monkeypatch.context() as patch:
        patch.setitem(viewed.TOLD, "title", fails(RuntimeError("in the midst of it")))
        napari.start()
        saved = napari.ask()
    assert [one["name"] for one in saved["not_kept"]] == ["view"]
    napari.start()
    assert napari.viewer.title == "mine"


def raising(patch: pytest.MonkeyPatch, cls: Any, name: str) -> None:
    get = cls.__getattribute__

    def fail(owner: Any, asked: str) -> Any:
        if asked == name:
            raise RuntimeError("in the midst of it")
        return get(owner, asked)

    patch.setattr(cls, "__getattribute__", fail)


def test_paint_that_never_could_be_saved_is_told_at_the_next_start(
    napari: Napari, monkeypatch: pytest.MonkeyPatch
) -> None:
    def script(viewer: Any) -> Any:
        return viewer.add_labels(np.zeros((64, 64), int), name="paint")

    napari.start(script).data[3, 3] = 99
    with monkeypatch.context() as patch:
        patch.setattr(Blocks, "_check_space", fails(errno.ENOSPC))
        assert napari.save()
    napari.start(script)
    (missing,) = napari.missing
    assert missing["name"] == "paint"
    assert "No space left" in missing["reason"]


@pytest.mark.parametrize("restarts", [False, True])
def test_a_layer_that_never_could_be_saved_ends_no_save(
    napari: Napari, monkeypatch: pytest.MonkeyPatch, restarts: bool
) -> None:
    def script(viewer: Any) -> Any:
        return viewer.add_labels(PAINT.copy(), name="paint")

    layer = napari.start(script)
    monkeypatch.setattr(type(layer), "_get_state", fails(RuntimeError("always")))
    for _ in range(2):
        saved = napari.ask()
        assert saved["error"] is None
        assert [one["reason"] for one in saved["not_kept"]] == ["RuntimeError: always"]
        if restarts:
            napari.start(script)


@pytest.mark.parametrize("restarts", [False, True])
def test_what_cannot_be_computed_for_a_moment_stays_as_it_was(
    napari: Napari, restarts: bool
) -> None:
    away: list[bool] = []

    def block(block_info: object = None) -> Any:
        if away:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return np.ones((64, 64), int)

    def paint() -> Any:
        return computed.map_blocks(block, chunks=((64,), (64,)), dtype=int, meta=np.empty((0, 0)))

    layer = napari.viewer.add_labels(paint(), name="paint")
    layer.data[3, 3] = 9
    layer.refresh()
    assert napari.save() is None
    if restarts:
        napari.start()
        layer = napari.viewer.layers["paint"]
        layer.data = paint()
    away.append(True)
    layer.data[5, 5] = 9
    assert "Input/output error" in (napari.save() or "")
    assert (napari.saved()["paint"].data == 9).sum() == 1
    away.clear()
    assert napari.save() is None
    assert napari.saved()["paint"].data[5, 5] == 9

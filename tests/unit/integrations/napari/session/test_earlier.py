"""What is left of earlier sessions stays until a viewer has it, or its user has ended it."""

import errno
import os
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pytest

from desktopd.integrations.napari.session import blocks as session_blocks
from desktopd.integrations.napari.session import records, values, writer
from desktopd.integrations.napari.session.document import VERSION
from desktopd.integrations.napari.session.earlier import Earlier
from desktopd.integrations.napari.session.folder import SessionFolder
from desktopd.integrations.napari.session.restored import KEPT
from desktopd.integrations.napari.session.viewer_key import ViewerKey
from tests.unit.integrations.napari.session.restoring import RNG, names
from tests.unit.integrations.napari.session.running import Napari

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.usefixtures("readings")]
PAINT = RNG.integers(1, 9, (64, 64))
NO_ROOM = {"name": "session", "reason": "there is no room beside the others"}


def fail(*_: object, **__: object) -> NoReturn:
    raise OSError(errno.EIO, os.strerror(errno.EIO))


def add_long(viewer: Any) -> None:
    for name in ("one", "two"):
        viewer.add_points([[1, 1]], name=name, metadata={"text": "x" * 11_000})


def is_painted(napari: Napari) -> bool:
    (layer,) = napari.viewer.layers
    return np.array_equal(layer.data, PAINT)


def have_wait(session: Path, *numbers: int) -> None:
    """Have what a session has wait for each viewer of these numbers."""
    folder = SessionFolder(session)
    document = folder.load() or {}
    waiting = [{**document, "viewer": {"number": n, "content": None}} for n in numbers]
    folder.commit({"argv": document["argv"], "layers": [], "view": {}, "waiting": waiting})


@pytest.fixture
def waiting(napari: Napari, monkeypatch: pytest.MonkeyPatch) -> Napari:
    """A napari with its first viewer, while the session of the second waits without room."""
    text = {"text": "x" * 16_000}
    napari.viewer.add_labels(PAINT.copy(), name="paint", metadata=text)
    assert napari.save() is None
    napari.kill()
    have_wait(napari.folder, 2)
    monkeypatch.setattr(writer, "LARGEST", 40_000)
    napari.start(add_long)
    for _ in range(2):
        assert napari.ask()["not_kept"] == [NO_ROOM]
        napari.viewer.layers[0].data = RNG.random((9, 2))
    return napari


def test_a_session_without_room_comes_back_into_its_viewer(waiting: Napari) -> None:
    waiting.show()
    assert is_painted(waiting)
    assert waiting.save() is None
    waiting.start()
    assert names(waiting.viewer) == []
    waiting.show()
    assert is_painted(waiting)


def test_a_session_without_room_is_saved_once_there_is_some(waiting: Napari) -> None:
    del waiting.viewer.layers["one"]
    assert waiting.save() is None
    waiting.start()
    waiting.show()
    assert is_painted(waiting)


def test_a_session_without_room_is_there_once_the_first_is_ended(waiting: Napari) -> None:
    waiting.close()
    waiting.start()
    waiting.show()
    assert is_painted(waiting)


def test_what_is_in_no_document_yet_outlives_saves_that_fail(
    waiting: Napari, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting.show()
    blocks = SessionFolder(waiting.folder).blocks
    before = blocks.names()
    assert before
    waiting.viewer.layers[0].data[0, 0] = 99
    with monkeypatch.context() as patch:
        patch.setattr(SessionFolder, "commit", fail)
        assert waiting.save()
    assert blocks.names() == before
    assert waiting.save() is None
    assert not before <= blocks.names()


def test_a_session_whose_tries_nobody_can_count_stays_beside_its_viewer_s(
    napari: Napari, monkeypatch: pytest.MonkeyPatch
) -> None:
    napari.viewer.add_labels(PAINT.copy(), name="paint")
    assert napari.save() is None
    with monkeypatch.context() as patch:
        patch.setattr(SessionFolder, "may_try", fail)
        napari.start()
    assert [one["reason"].endswith(KEPT) for one in napari.missing] == [True]
    assert names(napari.viewer) == []
    napari.viewer.add_points([[1, 1]], name="new")
    assert napari.save() is None
    napari.start()
    assert names(napari.viewer) == ["new", "paint"]


@pytest.mark.parametrize("shows", [False, True])
def test_a_session_that_could_be_read_only_late_is_ended_by_nobody_who_has_not_seen_it(
    napari: Napari, shows: bool
) -> None:
    napari.viewer.add_labels(PAINT.copy(), name="paint")
    assert napari.save() is None
    napari.kill()
    napari.folder.chmod(0o777)
    napari.start()
    napari.viewer.add_points([[1, 1]], name="new")
    assert napari.save()
    napari.folder.chmod(0o700)
    assert napari.save() is None
    napari.close()
    if shows:
        napari.show()
        assert [one["name"] for one in napari.missing] == ["session"]
        napari.viewer.add_points([[1, 1]], name="of the second")
        assert napari.save() is None
    napari.start()
    assert is_painted(napari)


def test_sessions_of_which_nothing_is_left_wait_for_nobody() -> None:
    earlier = Earlier()
    empty: dict[str, Any] = {"version": VERSION, "layers": []}
    earlier.add({**empty, "waiting": [empty, {**empty, "view": {"begun": [{"name": "one"}]}}]})
    assert len(earlier.waiting) == 1
    assert earlier.take(ViewerKey(2)) is None
    assert earlier.take(ViewerKey(1)) is not None
    assert earlier.take(ViewerKey(1)) is None


@pytest.mark.parametrize("kind", ["back", "unrestored", "waiting"])
@pytest.mark.parametrize("which", [0, 1])
def test_what_an_earlier_session_has_left_stays_where_memory_is_short(
    napari: Napari, monkeypatch: pytest.MonkeyPatch, kind: str, which: int
) -> None:
    for name in ("one", "two"):
        napari.viewer.add_labels(PAINT.copy(), name=name)
    assert napari.save() is None
    napari.kill()
    if kind == "waiting":
        have_wait(napari.folder, 2, 3)
    with monkeypatch.context() as patch:
        if kind == "unrestored":
            patch.setattr(session_blocks, "read_block", fail)
        napari.start()
    tries = iter(range(99))

    def dumps(value: Any) -> bytes:
        if next(tries) >= which:
            raise MemoryError
        return values.dumps(value)

    with monkeypatch.context() as patch:
        patch.setattr(records, "dumps", dumps)
        assert napari.ask()["error"]
    assert napari.ask()["error"] is None
    napari.start()
    if kind == "waiting":
        napari.show()
    assert [layer.name for layer in napari.viewer.layers] == ["one", "two"]
    assert all(np.array_equal(layer.data, PAINT) for layer in napari.viewer.layers)

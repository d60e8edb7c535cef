"""Which ends of an application count against the session that was being put back into it."""

import asyncio
import os
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from desktopd.applications import application as application_module
from desktopd.applications.application import Application
from desktopd.applications.opening import Allowed, Opening
from desktopd.applications.tries import ENDLESS, TRIES, take_back
from desktopd.errors import CannotEnd
from desktopd.integrations.napari.session.folder import SessionFolder
from tests.unit.applications.companions import companion_in
from tests.unit.applications.test_application import Process
from tests.unit.places import KINDS, lay


@pytest.fixture
def session(tmp_path: Path) -> SessionFolder:
    folder = SessionFolder(tmp_path / "kept" / "session")
    folder.commit({"layers": []})
    return folder


@pytest.mark.parametrize("way", ["restart", "end of the desktop"])
async def test_who_ends_napari_on_purpose_gives_no_session_up(
    session: SessionFolder, tmp_path: Path, way: str
) -> None:
    async def restart() -> None:
        """As long as it takes, and with an end that fails."""
        await asyncio.sleep(0)
        raise TimeoutError

    async with companion_in(tmp_path) as companion:
        application = Application(
            Process, restart, Opening(Allowed()), companion, sessions=session.folder.parent
        )
        await companion.ask("become", {"event": "state", "data": _state(companion)}, 20)
        for _ in range(9):
            assert session.may_try()
            if way == "restart":
                with pytest.raises(TimeoutError):
                    await application.restart(lose=True)
            else:
                await application.note_end_on_purpose()
        assert not (session.folder / TRIES).exists()
        assert session.load() is not None


async def test_a_restart_that_is_cut_off_is_one_on_purpose(
    session: SessionFolder, tmp_path: Path
) -> None:
    begun, goes_on = asyncio.Event(), asyncio.Event()

    async def restart() -> None:
        begun.set()
        await goes_on.wait()

    async with companion_in(tmp_path) as companion:
        application = Application(
            Process, restart, Opening(Allowed()), companion, sessions=session.folder.parent
        )
        await companion.ask("become", {"event": "state", "data": _state(companion)}, 20)
        assert session.may_try()
        reached: list[bool] = []

        async def ask() -> None:
            await application.restart(lose=True)
            reached.append(True)

        asking = asyncio.create_task(ask())
        await begun.wait()
        asking.cancel()
        await asyncio.sleep(0)
        goes_on.set()
        with suppress(asyncio.CancelledError):
            await asking
        assert reached, "whoever asked can note what was done"
        assert not (session.folder / TRIES).exists()


async def test_what_only_another_user_may_end_goes_on(
    session: SessionFolder, tmp_path: Path
) -> None:
    async def restart() -> None:
        raise CannotEnd(7)

    async with companion_in(tmp_path) as companion:
        application = Application(
            Process, restart, Opening(Allowed()), companion, sessions=session.folder.parent
        )
        await companion.ask("become", {"event": "state", "data": _state(companion)}, 20)
        assert session.may_try()
        with pytest.raises(CannotEnd):
            await application.restart(lose=True)
        assert (session.folder / TRIES).exists()


async def test_a_disk_that_is_away_holds_no_restart_up(
    session: SessionFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def restart() -> None:
        """At once."""

    is_back = threading.Event()
    monkeypatch.setattr(application_module, "take_back", lambda *_: is_back.wait(60))
    application = Application(Process, restart, Opening(Allowed()), sessions=tmp_path)
    asking = asyncio.create_task(application.restart())
    await asyncio.wait_for(asking, 30)
    assert not is_back.is_set()
    is_back.set()


def _state(companion: object) -> dict[str, object]:
    state = companion.state  # type: ignore[attr-defined]
    return {**state.facts, "session": "session"}


def test_an_end_that_nobody_asked_for_counts_beside_those(session: SessionFolder) -> None:
    session.may_try()
    for _ in range(3):
        assert session.may_try()
        take_back(session.folder.parent, "session")
    assert session.may_try()
    assert not session.may_try()


def test_what_comes_to_no_end_is_given_up_by_those_who_end_it(session: SessionFolder) -> None:
    for _ in range(2):
        assert session.may_try()
        long_ago = time.time() - ENDLESS - 1
        os.utime(session.folder / TRIES, (long_ago, long_ago))
        take_back(session.folder.parent, "session")
    assert not session.may_try()


@pytest.mark.parametrize("name", [None, "", ".", "..", "../other", "x\0", "away"])
def test_another_name_is_none_of_a_session(tmp_path: Path, name: str | None) -> None:
    places = [tmp_path / TRIES, tmp_path / "sessions" / TRIES, tmp_path / "other" / TRIES]
    for place in places:
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(b".")
    take_back(tmp_path / "sessions", name)
    assert all(place.exists() for place in places)


@pytest.mark.parametrize("what", KINDS)
def test_what_lies_in_the_place_of_the_file_stays(session: SessionFolder, what: str) -> None:
    place, elsewhere = session.folder / TRIES, session.folder / "elsewhere"
    elsewhere.write_bytes(b"...")
    lay(what, place, elsewhere)
    take_back(session.folder.parent, "session")
    assert os.path.lexists(place)
    assert elsewhere.read_bytes() == b"..."


def test_a_session_that_its_user_has_ended_leaves_no_try(session: SessionFolder) -> None:
    session.load()
    session.may_try()
    session.discard()
    assert not (session.folder / TRIES).exists()

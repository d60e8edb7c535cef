"""Requests that are cut off: what waits is not done, what is done is noted, nothing stays open."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from desktopd.budgets import Budget, Budgets
from desktopd.files import changes
from desktopd.files.draft import Draft
from desktopd.files.limits import UploadLimits
from desktopd.files.person_turns import PersonTurns
from desktopd.files.reading import open_to_read
from desktopd.files.removal import Removal
from desktopd.files.sharing import Rules, SharedFiles
from desktopd.files.staging import Staging
from desktopd.files.threads import GUESTS_THREADS, WATCHERS_THREADS
from desktopd.rfb.viewers.control import ControlMode
from desktopd.rfb.viewers.people import People
from desktopd.rfb.viewers.viewers import Viewers
from desktopd.tasks import to_completion
from tests.unit.accounts import accounts
from tests.unit.gate import Gate
from tests.unit.http.api.shared import CHUNK, Shared, creation
from tests.unit.http.api.test_people import ANA, BEN, SAME, page, two
from tests.unit.http.desktop import (
    VIEW_BEARER,
    Desk,
    client,
    make_app,
    opened,
    serving,
)
from tests.unit.turns import until

ALL_OF_ONE = GUESTS_THREADS - 1
"""Threads of guests that one of them can have."""

Ask = Callable[[httpx.AsyncClient], Awaitable[httpx.Response]]


@pytest.fixture
def gate() -> Iterator[Gate]:
    gate = Gate()
    yield gate
    gate.open.set()


@pytest.fixture
def shared(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Shared:
    caplog.set_level(logging.INFO, "desktopd.audit")
    folder = tmp_path / "shared"
    folder.mkdir()
    return Shared(folder)


def held_up(gate: Gate, call: Callable[..., Any]) -> Callable[..., Any]:
    """What `call` does, once the gate is open."""

    def wait(*args: Any, **kwargs: Any) -> Any:
        gate.call()
        return call(*args, **kwargs)

    return wait


@asynccontextmanager
async def guest_of(
    shared: Shared,
) -> AsyncIterator[tuple[httpx.AsyncClient, Callable[[], Awaitable[object]]]]:
    """A client who came by a link, and what revokes that."""
    async with shared.client() as owner:
        link = (await owner.post("/api/links", json={"role": "control"})).json()
        bearer = {"Authorization": f"Bearer {link['token']}"}
        async with client(shared.app, headers=bearer) as guest:
            yield guest, lambda: owner.delete(f"/api/links/{link['id']}")


async def cut_off() -> None:
    """Return once what waits for a call to end is cancelled."""
    await until(lambda: any(task.cancelling() for task in tasks_in(to_completion)))


async def wait_for_turns(calls: int) -> None:
    """Return once so many calls wait for a thread."""
    await until(lambda: len(tasks_in(PersonTurns.take)) == calls)


def tasks_in(function: Callable[..., Coroutine[Any, Any, Any]]) -> list[asyncio.Task[Any]]:
    """The tasks that wait in this function."""

    def is_in(awaited: Any) -> bool:
        code = getattr(awaited, "cr_code", None)
        return code is function.__code__ or (code and is_in(awaited.cr_await))

    return [task for task in asyncio.all_tasks() if is_in(task.get_coro())]


async def answer_to_revoked(shared: Shared, gate: Gate, ask: Ask) -> httpx.Response:
    """What a guest is answered whose link is revoked while the gate holds him up."""
    async with guest_of(shared) as (guest, revoke):
        asking = asyncio.ensure_future(ask(guest))
        await gate.has_begun(1)
        await revoke()
        await cut_off()
        gate.open.set()
        return await asking


def files_open_below(path: Path) -> list[str]:
    found = []
    for descriptor in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            found.append(str(descriptor.readlink()))
    return sorted(name for name in found if name.startswith(str(path)))


def actions(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str]]:
    return sorted((line["action"], line["path"]) for line in accounts(caplog, "file"))


async def test_of_a_revoked_link_what_has_begun_is_noted_and_what_waits_is_not_done(
    shared: Shared, gate: Gate, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(changes, "make_folder", held_up(gate, changes.make_folder))
    for name in ("a", "b", "c", "d"):
        shared.write(name)
    async with guest_of(shared) as (guest, revoke):
        begun = [
            asyncio.create_task(guest.post(f"/api/files/{n}", json={"folder": True}))
            for n in range(ALL_OF_ONE)
        ]
        await gate.has_begun(ALL_OF_ONE)
        wishes = [
            guest.delete("/api/files/a"),
            guest.patch("/api/files/b", json={"to": "hidden"}),
            guest.put("/api/files/c?if_exists=replace", content=b"others"),
            guest.post("/api/uploads", headers=creation("d", 0, if_exists="replace")),
            guest.get("/api/files/d"),
        ]
        waiting = [asyncio.create_task(wish) for wish in wishes]
        await wait_for_turns(len(wishes))
        await revoke()
        await cut_off()
        assert {answer.status_code for answer in await asyncio.gather(*waiting)} == {401}
        gate.open.set()
        await asyncio.gather(*begun)
    assert shared.names() == ["0", "1", "2", "a", "b", "c", "d"]
    assert actions(caplog) == [("makes", str(n)) for n in range(ALL_OF_ONE)]
    assert shared.staged() == []


@pytest.mark.parametrize(
    ("owner", "name", "ask", "noted"),
    [
        (
            Staging,
            "place",
            lambda guest: guest.put("/api/files/new", content=b"12345"),
            [("begins to upload", "new"), ("uploads", "new")],
        ),
        (
            Staging,
            "place",
            lambda guest: guest.post(
                "/api/uploads", content=b"12345", headers={**CHUNK, **creation("new", 5)}
            ),
            [("begins to upload", "new"), ("uploads", "new")],
        ),
        (
            changes,
            "rename",
            lambda guest: guest.patch("/api/files/old", json={"to": "new"}),
            [("renames 'old' to", "new")],
        ),
    ],
)
async def test_what_is_done_while_a_link_is_revoked_is_noted(
    shared: Shared,
    gate: Gate,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    owner: object,
    name: str,
    ask: Ask,
    noted: list[tuple[str, str]],
) -> None:
    monkeypatch.setattr(owner, name, held_up(gate, getattr(owner, name)))
    shared.write("old")
    await answer_to_revoked(shared, gate, ask)
    assert "new" in shared.names()
    assert actions(caplog) == noted
    assert not any(shared.path.glob(".desktopd*"))


async def test_a_deletion_ends_with_its_link_and_what_it_has_deleted_is_noted(
    shared: Shared, gate: Gate, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("d/1", "d/2", "d/3"):
        shared.write(name)
    interrupted, interrupt = asyncio.Event(), Removal.interrupt
    monkeypatch.setattr(Removal, "interrupt", lambda one: (interrupt(one), interrupted.set()))
    async with guest_of(shared) as (guest, revoke):
        monkeypatch.setattr(os, "unlink", held_up(gate, os.unlink))
        asking = asyncio.create_task(guest.delete("/api/files/d?recursive=true"))
        await gate.has_begun(1)
        await revoke()
        await interrupted.wait()
        gate.open.set()
        assert (await asking).status_code == 401
    assert len(shared.names()) == 3
    assert actions(caplog) == [("deletes part of", "d")]


@pytest.mark.parametrize(
    ("name", "ask"),
    [
        ("open_to_read", lambda guest: guest.get("/api/files/old")),
        ("NewFile", lambda guest: guest.put("/api/files/new", content=b"12345")),
        ("zip_folder", lambda guest: guest.get("/api/files/?zip")),
    ],
)
async def test_what_is_opened_for_whoever_is_cut_off_is_closed(
    shared: Shared, gate: Gate, monkeypatch: pytest.MonkeyPatch, name: str, ask: Ask
) -> None:
    module = "desktopd.http.api.files"
    call = getattr(__import__(module, fromlist=[name]), name)
    monkeypatch.setattr(f"{module}.{name}", held_up(gate, call))
    shared.write("old")
    assert (await answer_to_revoked(shared, gate, ask)).status_code == 401
    assert files_open_below(shared.path) == []
    assert shared.staged() == []


async def test_the_draft_of_an_upload_that_is_cut_off_is_closed(
    shared: Shared, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with guest_of(shared) as (guest, revoke):
        made = await guest.post("/api/uploads", headers=creation("new", 10))
        monkeypatch.setattr(Draft, "cut", held_up(gate, Draft.cut))
        path, headers = f"/api/{made.headers['location']}", {**CHUNK, "Upload-Offset": "0"}
        asking = asyncio.create_task(guest.patch(path, content=b"12345", headers=headers))
        await gate.has_begun(1)
        await revoke()
        await cut_off()
        gate.open.set()
        await asking
    assert files_open_below(shared.path) == []


async def test_a_watcher_who_loses_his_places_leaves_nothing_open(
    tmp_path: Path, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktopd.http.api.files.open_to_read", held_up(gate, open_to_read))
    folder = tmp_path / "shared"
    folder.mkdir()
    (folder / "a").write_bytes(b"here")
    files = SharedFiles(folder, Rules(for_viewers=True), UploadLimits(), tmp_path / "records")
    budgets = Budgets({**dict.fromkeys(Budget, 1000), Budget.DOWNLOADS: 1})
    async with client(make_app(files=files, budgets=budgets), headers=VIEW_BEARER) as watcher:
        displaced = asyncio.create_task(watcher.get("/api/files/a"))
        await gate.has_begun(1)
        last = asyncio.create_task(watcher.get("/api/files/a"))
        await until(lambda: budgets[Budget.DOWNLOADS].displaced == 1)
        gate.open.set()
        assert (await displaced).status_code == 429
        assert (await last).content == b"here"
        assert budgets[Budget.DOWNLOADS].taken == 0
    assert files_open_below(folder) == []


async def test_what_nobody_waits_for_any_more_is_not_read(
    tmp_path: Path, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktopd.http.api.files.listing", held_up(gate, lambda *_: None))
    files = SharedFiles(tmp_path, Rules(for_viewers=True), UploadLimits(), tmp_path / "records")
    budgets = Budgets(dict.fromkeys(Budget, 1000))
    async with serving(make_app(files=files, budgets=budgets)) as server:
        asked = [await opened(server) for _ in range(20)]
        bearer = VIEW_BEARER["Authorization"]
        for _, writer in asked:
            head = f"GET /api/files/ HTTP/1.1\r\nHost: x\r\nAuthorization: {bearer}"
            writer.write(f"{head}\r\n\r\n".encode())
        share = budgets[Budget.DOWNLOADS]
        await until(lambda: share.taken == len(asked))
        await gate.has_begun(1)
        for _, writer in asked:
            writer.transport.abort()
        await until(lambda: share.taken <= WATCHERS_THREADS)
        gate.open.set()
        await until(lambda: share.taken == 0)
    assert len(gate.begun) <= WATCHERS_THREADS


async def test_an_owner_waits_for_no_guest_and_no_guest_for_all_that_another_asks(
    shared: Shared, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "make_folder", held_up(gate, changes.make_folder))
    async with guest_of(shared) as (guest, _), guest_of(shared) as (other, _):
        asked = [
            asyncio.create_task(guest.post(f"/api/files/{n}", json={"folder": True}))
            for n in range(30)
        ]
        await gate.has_begun(ALL_OF_ONE)
        async with shared.client() as owner, asyncio.timeout(30):
            for somebody in (owner, other):
                assert (await somebody.get("/api/files/")).status_code == 200
        gate.open.set()
        assert {answer.status_code for answer in await asyncio.gather(*asked)} == {201}


async def test_a_restart_is_noted_whoever_has_control_at_its_end(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.INFO, "desktopd.audit")
    desk, begun, goes_on = Desk(), asyncio.Event(), asyncio.Event()

    async def restart() -> None:
        begun.set()
        await goes_on.wait()
        desk.restarts += 1

    monkeypatch.setattr(desk, "restart_application", restart)
    app = make_app(desk, Viewers(People(ControlMode.ONE)))
    async with serving(app) as server, page(server, ANA) as ana, page(server, BEN) as ben:
        await ana.until_told(two)
        await ana.wish("take")
        asking = asyncio.create_task(ana.http.post("/api/app/restart", headers=SAME))
        await begun.wait()
        assert (await ana.wish("give", ben)).status_code == 204
        goes_on.set()
        assert (await asking).status_code == 204
    assert desk.restarts == 1
    assert len(accounts(caplog, "application restarted")) == 1
    assert accounts(caplog, "refused") == []

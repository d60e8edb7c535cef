"""WebSocket /api/events on a real server."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from websockets.asyncio.client import ClientConnection, connect

from desktopd.files.limits import UploadLimits
from desktopd.files.paths import FilePath
from desktopd.files.sharing import Rules, SharedFiles
from desktopd.geometry import Size
from desktopd.rfb.viewers.pixel_path import PixelPath
from desktopd.rfb.viewers.viewer import Role, Viewer
from desktopd.rfb.viewers.viewers import Viewers
from desktopd.session.status import Stage
from desktopd.x11.selections.content import Content
from desktopd.x11.selections.images import PngImage
from tests.unit.http.desktop import BEARER, READY, VIEW_BEARER, Desk, make_app, serving


@asynccontextmanager
async def events(
    app: Starlette, headers: dict[str, str] = BEARER
) -> AsyncIterator[ClientConnection]:
    async with serving(app) as server:
        address = server.addresses[0].replace("http", "ws") + "/api/events"
        async with connect(address, additional_headers=headers) as websocket:
            yield websocket


async def receive(websocket: ClientConnection) -> dict[str, Any]:
    async with asyncio.timeout(10):
        frame = await websocket.recv()
    assert isinstance(frame, str)
    told = dict(json.loads(frame))
    # Each client with control is first told that nothing is on the clipboard.
    return await receive(websocket) if told == NOTHING_COPIED else told


def told(serial: int, text: str, kind: str = "text") -> dict[str, Any]:
    """The frame for a copied text."""
    nothing = {"html": False, "image": None, "files": []}
    return {"type": "clipboard", "serial": serial, "kind": kind, "text": text, **nothing}


NOTHING_COPIED = {**told(0, "", "nothing"), "standing": True}


async def receive_until_stage(websocket: ClientConnection, stage: Stage) -> int:
    """The number of frames until `stage` is told."""
    frames = 1
    while (await receive(websocket))["session"]["stage"] != stage:
        frames += 1
    return frames


async def test_the_state_comes_at_once_and_at_each_change() -> None:
    desk = Desk(replace(READY, stage=Stage.APPLICATION))
    async with events(make_app(desk)) as websocket:
        first = await receive(websocket)
        assert first["type"] == "session"
        assert first["session"]["message"] == "starting napari"
        desk.become(stage=Stage.READY)
        assert (await receive(websocket))["session"]["message"] == "napari is ready"


async def test_a_storm_of_changes_is_told_in_few_frames() -> None:
    desk = Desk()
    async with events(make_app(desk)) as websocket:
        await receive(websocket)
        for n in range(1000):
            desk.become(command=f"number-{n}")
            await asyncio.sleep(0)
        desk.become(stage=Stage.STOPPING)
        assert await receive_until_stage(websocket, Stage.STOPPING) < 100


async def test_a_change_of_nothing_is_not_told() -> None:
    desk = Desk()
    async with events(make_app(desk)) as websocket:
        await receive(websocket)
        desk.become()
        await asyncio.sleep(0)
        desk.become(stage=Stage.STOPPING)
        assert await receive_until_stage(websocket, Stage.STOPPING) == 1


async def test_viewers_are_told() -> None:
    viewers = Viewers()
    async with events(make_app(viewers=viewers)) as websocket:
        assert (await receive(websocket))["session"]["viewers"] == []
        viewer = Viewer(role=Role.VIEW, address="192.0.2.1", path=PixelPath.XVNC)
        with viewers.add(viewer):
            (told,) = (await receive(websocket))["session"]["viewers"]
            assert (told["id"], told["role"], told["path"]) == (viewer.id, "view", "xvnc")
        assert (await receive(websocket))["session"]["viewers"] == []


async def test_the_clipboard_goes_both_ways() -> None:
    desk = Desk()
    async with events(make_app(desk)) as websocket:
        await receive(websocket)
        desk.clipboard.copy(Content(text="vom Desktop 👋"))
        assert await receive(websocket) == told(1, "vom Desktop 👋")
        await websocket.send(json.dumps({"type": "clipboard", "text": "zum Desktop 👋"}))
        assert await receive(websocket) == told(2, "zum Desktop 👋")
        await websocket.send(json.dumps({"type": "nonsense"}))
        assert (await receive(websocket))["type"] == "error"
        assert desk.clipboard.text == "zum Desktop 👋"


async def test_a_client_that_comes_later_is_told_that_it_was_later() -> None:
    desk = Desk()
    desk.clipboard.copy(Content(text="before"))
    async with events(make_app(desk)) as websocket:
        await receive(websocket)
        assert await receive(websocket) == {**told(1, "before"), "standing": True}
        desk.clipboard.copy(Content(text="after"))
        assert await receive(websocket) == told(2, "after")


async def test_an_image_is_told_without_its_pixels() -> None:
    desk = Desk()
    async with events(make_app(desk)) as websocket:
        await receive(websocket)
        image = PngImage(b"x" * 1000, Size(40, 30))
        uris = ("file:///data/gr%FCn.tif", "https://example.org/")
        desk.clipboard.copy(Content(None, "<b>html</b>", image, uris))
        assert await receive(websocket) == {
            **told(1, "", "image"),
            "html": True,
            "image": {"width": 40, "height": 30, "bytes": 1000},
            "files": ["/data/gr?n.tif"],
        }


async def test_what_was_too_large_to_be_copied_is_told() -> None:
    desk = Desk()
    async with events(make_app(desk)) as websocket:
        await receive(websocket)
        desk.clipboard.copy(Content(), "the image stays there: it has more than 33554432 bytes")
        assert await receive(websocket) == told(1, "", "unreadable")
        assert await receive(websocket) == {
            "type": "error",
            "error": "the image stays there: it has more than 33554432 bytes",
            "remedy": "to have it here, copy a smaller part or save it as a file",
        }


async def test_html_comes_with_its_text() -> None:
    desk = Desk()
    async with events(make_app(desk)) as websocket:
        await receive(websocket)
        frame = {"type": "clipboard", "text": "fett", "html": "<b>fett</b>\ud800"}
        await websocket.send(json.dumps(frame))
        assert await receive(websocket) == {**told(1, "fett"), "html": True}
        assert desk.clipboard.offer.content == Content(text="fett", html="<b>fett</b>?")


async def test_html_that_a_browser_would_clean_for_seconds_is_not_told_beside_its_text() -> None:
    desk = Desk()
    async with events(make_app(desk)) as websocket:
        await receive(websocket)
        for text, size, html in (("a", 131_072, True), ("b", 131_073, False)):
            desk.clipboard.copy(Content(text=text, html="x" * size))
            frame = await receive(websocket)
            assert (frame["text"], frame["html"]) == (text, html)
        desk.clipboard.copy(Content(html="x" * 131_073))
        assert (await receive(websocket))["html"] is True


async def test_only_the_latest_copy_is_told() -> None:
    desk = Desk()
    async with events(make_app(desk)) as websocket:
        await receive(websocket)
        for n in range(100):
            desk.clipboard.copy(Content(text=f"copy {n}"))
        assert (await receive(websocket))["text"] == "copy 99"


async def test_a_viewer_has_no_clipboard() -> None:
    desk = Desk()
    async with events(make_app(desk), VIEW_BEARER) as websocket:
        assert (await receive(websocket))["session"]["role"] == "view"
        desk.clipboard.copy(Content(text="secret"))
        await websocket.send(json.dumps({"type": "clipboard", "text": "from a viewer"}))
        answer = await receive(websocket)
        assert (answer["type"], answer["error"]) == ("error", "this token may only watch")
        assert desk.clipboard.text == "secret"
        desk.become(stage=Stage.STOPPING)
        assert (await receive(websocket))["type"] == "session"


def shared_files(path: Path, *, for_viewers: bool) -> SharedFiles:
    return SharedFiles(path, Rules(for_viewers=for_viewers), UploadLimits(), path / "records")


async def test_folders_that_change_are_told(tmp_path: Path) -> None:
    files = shared_files(tmp_path, for_viewers=False)
    async with events(make_app(files=files)) as websocket:
        await receive(websocket)
        for folder in ("plates", "", "plates"):
            files.changes.call(folder)
        assert await receive(websocket) == {"type": "files", "folders": ["", "plates"]}
        files.changes.call("a")
        assert await receive(websocket) == {"type": "files", "folders": ["a"]}
    assert len(files.changes) == 0


@pytest.mark.parametrize("for_viewers", [False, True])
async def test_a_viewer_is_told_of_files_that_it_may_list(
    tmp_path: Path, for_viewers: bool
) -> None:
    desk, files = Desk(), shared_files(tmp_path, for_viewers=for_viewers)
    async with events(make_app(desk, files=files), VIEW_BEARER) as websocket:
        await receive(websocket)
        files.changes.call("secret")
        desk.become(stage=Stage.STOPPING)
        told = {(await receive(websocket))["type"] for _ in range(1 + for_viewers)}
    assert told == ({"files", "session"} if for_viewers else {"session"})


@pytest.mark.parametrize(
    "frame",
    [
        "",
        "{",
        "[]",
        "null",
        '"clipboard"',
        "{}",
        '{"type":"clipboard"}',
        '{"type":"clipboard","text":1}',
        '{"type":"clipboard","text":"a","html":1}',
        '{"type":"session","text":"x"}',
        "[" * 100_000,
        b"binary",
        b"",
    ],
)
async def test_a_frame_that_is_not_understood_gets_an_error(frame: str | bytes) -> None:
    desk = Desk()
    async with events(make_app(desk)) as websocket:
        await receive(websocket)
        await websocket.send(frame)
        answer = await receive(websocket)
        assert answer.keys() == {"type", "error", "remedy"}
        assert answer["type"] == "error"
        await websocket.send('{"type":"clipboard","text":"goes on"}')
        await websocket.send("?")
        await receive(websocket)
        assert desk.clipboard.text == "goes on"


async def test_a_lone_surrogate_does_no_harm() -> None:
    desk = Desk()
    async with events(make_app(desk)) as websocket:
        await receive(websocket)
        await websocket.send(r'{"type":"clipboard","text":"a\ud800b"}')
        await websocket.send("?")
        await receive(websocket)
        assert desk.clipboard.text == "a?b"


async def test_too_much_text_and_no_display_are_errors() -> None:
    desk = Desk()
    async with events(make_app(desk)) as websocket:
        await receive(websocket)
        await websocket.send(json.dumps({"type": "clipboard", "text": "x" * 1_048_577}))
        assert "at most 1048576 fit" in (await receive(websocket))["error"]
        desk.status = replace(READY, display=None)
        await websocket.send(json.dumps({"type": "clipboard", "text": "x"}))
        assert (await receive(websocket))["error"] == "the display is not running"


async def test_nothing_is_left_behind() -> None:
    desk, viewers = Desk(), Viewers()
    app = make_app(desk, viewers)
    before = len(desk.changes), len(viewers._changes), len(desk.clipboard.offers)
    async with serving(app) as server:
        address = server.addresses[0].replace("http", "ws") + "/api/events"
        for _ in range(5):
            async with connect(address, additional_headers=BEARER) as websocket:
                await receive(websocket)
                assert len(desk.clipboard.offers) > before[2]
    assert before == (
        len(desk.changes),
        len(viewers._changes),
        len(desk.clipboard.offers),
    )


def results_of(path: Path, name: str) -> SharedFiles:
    """Files that have a result which is at rest."""
    (path / "results").mkdir()
    (path / "results" / name).write_bytes(b"12345")
    files = SharedFiles(
        path,
        Rules(for_viewers=True),
        UploadLimits(),
        path.with_name("records"),
        FilePath(("results",)),
    )
    assert files.results is not None
    files.results.note(files.results.look())
    files.results.note(files.results.look())
    return files


async def test_results_are_told_at_once_and_when_there_are_more(tmp_path: Path) -> None:
    files = results_of(tmp_path, "a b.csv")
    assert files.results is not None
    async with events(make_app(files=files), VIEW_BEARER) as websocket:
        await receive(websocket)
        frame = await receive(websocket)
        (told,) = frame["results"]
        assert (frame["type"], frame["folders"]) == ("files", [])
        assert (told["name"], told["href"], told["size"]) == ("a b.csv", "results/a%20b.csv", 5)
        (tmp_path / "results" / "more.csv").write_bytes(b"1")
        files.results.note(files.results.look())
        files.results.note(files.results.look())
        frame = await receive(websocket)
        assert frame["folders"] == ["results"]
        assert {one["name"] for one in frame["results"]} == {"a b.csv", "more.csv"}
        # A change elsewhere tells no results again.
        files.changes.call("plates")
        assert await receive(websocket) == {"type": "files", "folders": ["plates"]}
    assert len(files.results.changes) == 0


async def test_who_may_not_load_is_offered_no_results(tmp_path: Path) -> None:
    desk, files = Desk(), results_of(tmp_path, "secret.csv")
    files.rules = Rules(for_viewers=False)
    async with events(make_app(desk, files=files), VIEW_BEARER) as websocket:
        await receive(websocket)
        desk.become(stage=Stage.STOPPING)
        assert await receive_until_stage(websocket, Stage.STOPPING) == 1

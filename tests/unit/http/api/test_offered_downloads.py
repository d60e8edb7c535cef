"""Files that programs copied or dragged out, as the frames of /api/events tell of them."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect

from desktopd.files.limits import UploadLimits
from desktopd.files.sharing import Rules, SharedFiles
from desktopd.http.api.offered_downloads import MOST
from desktopd.x11.selections.content import Content
from tests.unit.http.desktop import BEARER, VIEW_BEARER, Desk, make_app, serving


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A top folder with a file and a folder in it, and a file beside it."""
    root = tmp_path / "files"
    (root / "plates").mkdir(parents=True)
    (root / "zwölf #1.tif").write_bytes(b"cells")
    (tmp_path / "secret").write_bytes(b"secret")
    return root


@asynccontextmanager
async def events(
    desk: Desk, files: SharedFiles | None, headers: dict[str, str] = BEARER
) -> AsyncIterator[ClientConnection]:
    async with serving(make_app(desk, files=files)) as server:
        address = server.addresses[0].replace("http", "ws") + "/api/events"
        async with connect(address, additional_headers=headers) as websocket:
            await websocket.recv()
            yield websocket


def shared(root: Path, **rules: bool) -> SharedFiles:
    return SharedFiles(root, Rules(**rules), UploadLimits(), root / "records")


async def next_frame(websocket: ClientConnection, desk: Desk, kind: str) -> dict[str, Any]:
    """The next frame of this kind; where a change of the state comes first there is none."""
    desk.become(command="another")
    while (frame := json.loads(await websocket.recv()))["type"] not in (kind, "session"):
        pass
    if frame["type"] == kind:
        return dict(frame)
    desk.become(command="a third")
    while (frame := json.loads(await websocket.recv()))["type"] not in (kind, "session"):
        pass
    return dict(frame)


async def test_what_was_dragged_out_can_be_downloaded(root: Path) -> None:
    desk = Desk()
    paths = (root / "zwölf #1.tif", root / "plates", root.parent / "secret", root / "missing")
    async with events(desk, shared(root)) as websocket:
        desk.dragged_out.call(Content.of_files(paths))
        frame = await next_frame(websocket, desk, "downloads")
    assert (frame["by"], frame["left_out"]) == ("drag", 2)
    told = [(one["name"], one["href"], one["kind"], one["size"]) for one in frame["entries"]]
    assert told == [
        ("zwölf #1.tif", "zw%C3%B6lf%20%231.tif", "file", 5),
        ("plates", "plates/", "folder", None),
    ]


async def test_what_was_copied_can_be_downloaded_where_there_is_something(root: Path) -> None:
    desk = Desk()
    async with events(desk, shared(root)) as websocket:
        desk.clipboard.copy(Content.of_files((root.parent / "secret",)))
        assert (await next_frame(websocket, desk, "downloads"))["type"] == "session"
        desk.clipboard.copy(Content.of_files((root / "plates",)))
        frame = await next_frame(websocket, desk, "downloads")
    assert (frame["by"], frame["left_out"]) == ("copy", 0)
    assert [one["href"] for one in frame["entries"]] == ["plates/"]


@pytest.mark.parametrize("download", [None, False])
async def test_where_nothing_may_be_downloaded_only_a_drag_is_told_so(
    root: Path, download: bool | None
) -> None:
    desk, content = Desk(), Content.of_files((root / "plates",))
    files = None if download is None else shared(root, download=download)
    async with events(desk, files) as websocket:
        desk.clipboard.copy(content)
        assert (await next_frame(websocket, desk, "error"))["type"] == "session"
        desk.dragged_out.call(content)
        frame = await next_frame(websocket, desk, "error")
    assert "cannot be downloaded here" in frame["error"]


async def test_whoever_watches_is_offered_nothing(root: Path) -> None:
    desk = Desk()
    async with events(desk, shared(root, for_viewers=True), VIEW_BEARER) as websocket:
        desk.dragged_out.call(Content.of_files((root / "plates",)))
        assert (await next_frame(websocket, desk, "downloads"))["type"] == "session"


async def test_no_path_leads_out_of_the_files(root: Path) -> None:
    (root / "link").symlink_to(root.parent / "secret")
    (root / "up").symlink_to(root.parent)
    (root.parent / "way").symlink_to(root)
    paths = (root / "link", root / "up" / "secret", root / "..", root, Path("/"), Path("/etc"))
    desk = Desk()
    async with events(desk, shared(root)) as websocket:
        desk.dragged_out.call(Content.of_files((*paths, root.parent / "way" / "plates")))
        frame = await next_frame(websocket, desk, "downloads")
    assert [one["href"] for one in frame["entries"]] == ["plates/"]
    assert frame["left_out"] == len(paths)


async def test_of_many_files_the_first_are_told(root: Path) -> None:
    desk = Desk()
    async with events(desk, shared(root)) as websocket:
        desk.dragged_out.call(Content.of_files((root / "plates",) * (MOST + 3)))
        frame = await next_frame(websocket, desk, "downloads")
    assert (len(frame["entries"]), frame["left_out"]) == (MOST, 3)

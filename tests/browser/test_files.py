"""Files from the browser to the desktop: drops on a program, and their way there."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.dragging import BESIDE, ON_TARGET, Start, Target, drag, today
from tests.chromium import Tab, save
from tests.daemon import Daemon, until

OpenTab = Callable[[str], Tab]


@pytest.fixture
def target(daemon: Start, folder: Path) -> Target:
    return Target(daemon, folder)


def opened(desktop: Daemon, tab: OpenTab) -> Tab:
    page = tab(desktop.page)
    page.shows_desktop()
    until(lambda: page.size() == (1280, 720), 20, "the size of the window")
    return page


def test_a_dropped_file_arrives_on_the_program_with_the_same_bytes(
    target: Target, tab: OpenTab, folder: Path
) -> None:
    file = folder / "zwölf Zellen #1 100%.tif"
    file.write_bytes(bytes(range(256)) * 70_000)
    page = opened(target.daemon, tab)
    drag(page.page, ON_TARGET, files=[file])
    (told,) = until(target.drops, 40, "a drop")
    placed = target.root / today() / file.name
    assert told["files"] == [str(placed)]
    assert told["at"] == list(ON_TARGET)
    assert placed.read_bytes() == file.read_bytes()
    expect(page.page.locator("#notice")).to_have_text("Dropped.")
    expect(page.page.locator("#transfers")).to_be_hidden()
    assert page.page.url.rstrip("/") == target.daemon.base

    drag(page.page, ON_TARGET, files=[file])
    again = until(lambda: target.drops()[1:], 40, "another drop")
    assert again[0]["files"] == [str(placed.with_stem(f"{placed.stem} (2)"))]


def test_a_dropped_folder_arrives_whole_and_once_more_under_another_name(
    target: Target, tab: OpenTab, folder: Path
) -> None:
    plate = folder / "plate"
    (plate / "well" / "empty").mkdir(parents=True)
    for number in range(200):
        (plate / "well" / f"{number}.tif").write_bytes(b"%d" % number * number)
    page = opened(target.daemon, tab)
    for turn, name in enumerate(["plate", "plate (2)"]):
        drag(page.page, ON_TARGET, files=[plate])
        until(lambda turn=turn: len(target.drops()) > turn, 90, "a drop")  # type: ignore[misc]
        placed = target.root / today() / name
        assert target.drops()[turn]["files"] == [str(placed)]
        sent = {p.relative_to(plate): p.is_file() and p.read_bytes() for p in plate.rglob("*")}
        got = {p.relative_to(placed): p.is_file() and p.read_bytes() for p in placed.rglob("*")}
        assert got == sent


def test_files_of_one_name_size_and_time_stay_apart_on_their_way(
    target: Target, tab: OpenTab, folder: Path
) -> None:
    page = opened(target.daemon, tab)
    files = [folder / "a" / "cells.tif", folder / "b" / "cells.tif"]
    for number, file in enumerate(files):
        file.parent.mkdir()
        file.write_bytes(bytes([number]) * 30_000_000)
        os.utime(file, (1, 1))
        drag(page.page, ON_TARGET, files=[file])
    until(lambda: len(target.drops()) == 2, 60, "both drops")
    placed = [Path(path).read_bytes() for told in target.drops() for path in told["files"]]
    assert sorted(placed) == [file.read_bytes() for file in files]


def test_what_is_left_out_of_a_drop_is_told_with_it(
    target: Target, tab: OpenTab, folder: Path
) -> None:
    (folder / "plate").mkdir()
    for name in ("cells.tif", "back\\slash.tif"):
        (folder / "plate" / name).write_bytes(b"cells")
    page = opened(target.daemon, tab)
    drag(page.page, ON_TARGET, files=[folder / "plate"])
    until(target.drops, 40, "a drop")
    notice = page.page.locator("#notice")
    expect(notice).to_have_text(re.compile(r"Dropped\. plate/back\\slash\.tif was left out: "))


def test_a_drop_that_nothing_takes_tells_where_the_file_lies(
    target: Target, tab: OpenTab, folder: Path
) -> None:
    file = folder / "cells.tif"
    file.write_bytes(b"")
    page = opened(target.daemon, tab)
    drag(page.page, BESIDE, files=[file])
    expect(page.page.locator("#notice")).to_contain_text(f"{today()}/cells.tif", timeout=20_000)
    save(page.picture(), "drop-without-target")
    assert (target.root / today() / "cells.tif").read_bytes() == b""
    assert target.drops() == []


def test_text_and_links_are_dropped_as_such(target: Target, tab: OpenTab) -> None:
    page = opened(target.daemon, tab)
    drag(page.page, ON_TARGET, items={"text/plain": "grün 細胞"})
    until(target.drops, 20, "a drop")
    drag(page.page, ON_TARGET, items={"text/uri-list": "https://example.org/image.zarr"})
    until(lambda: len(target.drops()) > 1, 20, "another drop")
    text, links = target.drops()
    assert text["text"] == "grün 細胞"
    assert links["urls"] == ["https://example.org/image.zarr"]


def test_whoever_watches_is_told_that_nothing_is_dropped(
    daemon: Start, tab: OpenTab, folder: Path
) -> None:
    target = Target(daemon, folder, view_token="only-to-watch-with")
    file = folder / "cells.tif"
    file.write_bytes(b"cells")
    page = tab(f"{target.daemon.base}/?token=only-to-watch-with")
    page.shows_desktop()
    drag(page.page, ON_TARGET, files=[file])
    expect(page.page.locator("#notice")).to_contain_text("only watch")
    assert page.page.url == f"{target.daemon.base}/?as=view"
    assert list(target.root.rglob("*")) == []
    expect(page.page.locator("#bar-files")).to_be_hidden()


def test_without_a_connection_a_drop_is_told_to_come_too_early(
    target: Target, tab: OpenTab, folder: Path
) -> None:
    file = folder / "cells.tif"
    file.write_bytes(b"cells")
    page = tab(target.daemon.page + "&autoconnect=0")
    page.shows(stage="ready", link="disconnected")
    drag(page.page, ON_TARGET, files=[file])
    expect(page.page.locator("#notice")).to_contain_text("not connected")
    assert page.page.url.startswith(target.daemon.base)
    assert list(target.root.rglob("*")) == []


def test_an_upload_is_paused_resumed_and_cancelled(
    target: Target, tab: OpenTab, folder: Path
) -> None:
    file = folder / "large.tif"
    file.write_bytes(bytes(40_000_000))
    page = opened(target.daemon, tab).page
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 4 << 20}
    network.send("Network.emulateNetworkConditions", slow)
    drag(page, ON_TARGET, files=[file])
    progress = page.locator("#transfers progress")
    until(lambda: progress.evaluate("one => one.value > 0.1"), 60, "a tenth")
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    until(lambda: progress.evaluate("one => one.value > 0.3"), 60, "a third")
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("#transfers")).to_be_hidden()

    def left() -> list[Path]:
        return [path for path in target.root.rglob("*") if path.is_file()]

    until(lambda: not left(), 20, "the end of all parts")
    assert target.drops() == []


def test_an_upload_goes_on_after_the_death_of_the_daemon(
    target: Target, tab: OpenTab, folder: Path
) -> None:
    file = folder / "large.tif"
    file.write_bytes(bytes(range(251)) * 200_000)
    page = opened(target.daemon, tab)
    sent = page.page.context.new_cdp_session(page.page)
    sent.send("Network.enable")
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 8 << 20}
    sent.send("Network.emulateNetworkConditions", slow)
    drag(page.page, ON_TARGET, files=[file])
    until(
        lambda: page.page.locator("#transfers progress").evaluate("one => one.value > 0.3"),
        60,
        "a third of the file",
    )
    save(page.picture(), "upload")
    target.daemon.kill()
    target.daemon.start()
    target.daemon.ready()
    (told,) = until(target.drops, 90, "a drop")
    assert Path(told["files"][0]).read_bytes() == file.read_bytes()


def test_a_file_that_is_too_large_is_refused_with_the_reason(
    daemon: Start, tab: OpenTab, folder: Path
) -> None:
    target = Target(daemon, folder, upload_limit="1000")
    file = folder / "large.tif"
    file.write_bytes(bytes(1001))
    page = opened(target.daemon, tab)
    drag(page.page, ON_TARGET, files=[file])
    alert = page.page.locator("#transfers [role=alert]")
    expect(alert).to_contain_text("upload_limit")
    page.page.set_viewport_size({"width": 390, "height": 844})
    save(page.picture(), "upload-refused")
    with page.page.expect_request("**/api/uploads"):
        page.page.get_by_role("button", name="Retry").click()
    expect(alert).to_contain_text("upload_limit")
    page.page.get_by_role("button", name="Cancel").click()
    expect(page.page.locator("#transfers")).to_be_hidden()
    assert target.drops() == []

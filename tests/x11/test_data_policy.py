"""What leaves a real desktop: a program that copies, viewers that look, and the audit log."""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from desktopd.rfb.protocol.encodings import Encoding
from tests.daemon import Daemon, until
from tests.rfb_viewer import LOSSLESS, RfbViewer

Start = Callable[..., Daemon]

DEADLINE = 30.0
SECRET = "copied inside and to stay there"
CLASSIC, EXTENDED = LOSSLESS, (*LOSSLESS, Encoding.EXTENDED_CLIPBOARD)


@asynccontextmanager
async def looking(desktop: Daemon, encodings: tuple[int, ...]) -> AsyncIterator[RfbViewer]:
    """A VNC viewer of the desktop's own user, with control."""
    path = desktop.folder / "run" / "rfb.sock"
    viewer = RfbViewer(*await asyncio.open_unix_connection(path), encodings)
    running = asyncio.create_task(viewer.run())
    try:
        async with asyncio.timeout(DEADLINE):
            while not viewer.updates:
                await asyncio.sleep(0.01)
        yield viewer
    finally:
        running.cancel()
        await asyncio.wait([running])
        viewer.writer.close()
        await viewer.writer.wait_closed()


def copy(desktop: Daemon, text: str) -> None:
    """Have xclip own the clipboard of the desktop."""
    subprocess.run(
        ["xclip", "-in", "-selection", "clipboard"],
        input=text.encode(),
        env=desktop.environment(),
        check=True,
        timeout=DEADLINE,
    )


def paste(desktop: Daemon) -> str:
    """What a program of the desktop gets."""
    done = subprocess.run(
        ["xclip", "-out", "-selection", "clipboard"],
        env=desktop.environment(),
        capture_output=True,
        check=False,
        timeout=DEADLINE,
    )
    return done.stdout.decode()


def account(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


async def test_nothing_leaves_a_desktop_that_only_takes(daemon: Start, folder: Path) -> None:
    audit_log = folder / "audit.jsonl"
    small = {"app": "xterm", "display": "xvfb", "size": "640x480"}
    rules = {"clipboard": "in", "screenshots": "off", "audit_log": audit_log}
    desktop = daemon(**small, **rules)
    desktop.ready()
    async with looking(desktop, CLASSIC) as old, looking(desktop, EXTENDED) as new:
        copy(desktop, SECRET)
        until(lambda: paste(desktop) == SECRET, what="the copy in the desktop")
        for request in ("/api/clipboard", "/api/screenshot"):
            assert desktop.request("GET", request).status_code == 403
        new.extended_cut_text(b"\x02\x00\x00\x01")  # asks for the text
        async with asyncio.timeout(DEADLINE):
            while len(new.cut_texts) < 2:
                await asyncio.sleep(0.01)
        seen = old.updates, new.updates
        subprocess.run(["xrefresh"], env=desktop.environment(), check=True, timeout=DEADLINE)
        copy(desktop, f"{SECRET} again")
        # xclip goes into the background before X has heard of it.
        until(lambda: paste(desktop) == f"{SECRET} again", what="the other copy in the desktop")
        old.cut_text("from outside")
        until(lambda: paste(desktop) == "from outside", what="the copy from outside")
        assert (old.texts, [*map(len, new.cut_texts)][1:]) == ([], [12])
        assert seen <= (old.updates, new.updates)
    assert desktop.request("PUT", "/api/clipboard", content="by HTTP").status_code == 204
    assert paste(desktop) == "by HTTP"
    desktop.stop()

    told = account(audit_log)
    events = [one["event"] for one in told]
    assert events.count("viewer came") == events.count("viewer left") == 2
    assert [one["text"] for one in told if one["event"] == "copied in"] == [12, 7]
    assert "copied out" not in events
    refused = [(one["reason"], "viewer" in one) for one in told if one["event"] == "refused"]
    assert refused == [
        ("copies may not leave this desktop", False),
        ("screenshots may not be taken here", False),
        ("copies may not leave this desktop", True),
    ]
    written = audit_log.read_text() + desktop.logs()
    assert SECRET not in written
    assert "from outside" not in written

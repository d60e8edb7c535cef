"""A page of another site with a desktop in it, by its own script and a ticket of its server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.browser.course import course, free_port, pages
from tests.daemon import Daemon

Start = Callable[..., Daemon]


@dataclass
class PlainCourse:
    """The page at `address` copies a text to the desktop's clipboard when it has a frame."""

    desktop: Daemon
    data: Path
    address: str

    def pasted(self) -> str:
        """What is on the desktop's clipboard."""
        return self.desktop.request("GET", "/api/clipboard").text


@contextmanager
def plain_course(
    start: Start, folder: Path, certificate: Path | None = None, **settings: object
) -> Iterator[PlainCourse]:
    """A page at http://127.0.0.1, which is another site than the desktop at localhost.

    `certificate` is that of a desktop whose settings are for https.
    """
    port, data = free_port(), folder / "data"
    data.mkdir()
    (data / "notes.txt").write_text("from the desktop")
    origin = f"http://127.0.0.1:{port}"
    desktop = start(
        app="xterm", display="xvfb", files_root=data, frame_ancestors=origin, **settings
    )
    desktop.ready()
    served = pages(folder / "pages")
    script = f"{desktop.base.replace('127.0.0.1', 'localhost')}/embed.js"
    (served / "plain.html").write_text(
        f"""<!doctype html><div id="place" style="height: 600px"></div>
        <script type="module">
          import {{ embed }} from '{script}';
          const {{ ticket }} = await (await fetch('ticket', {{ method: 'POST' }})).json();
          const desktop = embed(document.querySelector('#place'), {{ ticket, resize: 'scale' }});
          window.desktop = desktop;
          await desktop.clipboard('from the page');
        </script>"""
    )
    with course(served, port, desktop.base, desktop.token, certificate):
        yield PlainCourse(desktop, data, f"{origin}/plain.html")

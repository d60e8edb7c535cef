"""docs/api.md lists every route, and no other."""

from __future__ import annotations

import re
from pathlib import Path

from starlette.routing import Route, WebSocketRoute

from desktopd.files.limits import UploadLimits
from desktopd.files.sharing import Rules, SharedFiles
from tests.unit.http.desktop import make_app

DOCUMENT = Path(__file__).parents[3] / "docs" / "api.md"


def served(folder: Path) -> set[tuple[str, str]]:
    """Method and path of each route; HEAD goes without saying where GET does."""
    found = set()
    for route in make_app(
        files=SharedFiles(folder, Rules(), UploadLimits(), folder / "records")
    ).routes:
        assert isinstance(route, Route | WebSocketRoute)
        path = re.sub(r"\{[^}]*\}", "…", route.path)
        methods = {"WS"} if isinstance(route, WebSocketRoute) else set(route.methods or ())
        found |= {(method, path) for method in methods - ({"HEAD"} if "GET" in methods else set())}
    return found


def test_the_table_is_that_of_the_routes(folder: Path) -> None:
    rows = re.findall(r"^\| ([A-Z]+) \| `([^`]+)` \|", DOCUMENT.read_text("utf-8"), re.MULTILINE)
    assert len(rows) == len(set(rows))
    assert set(rows) == served(folder)

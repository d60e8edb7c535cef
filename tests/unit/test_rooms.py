"""The arrows between the rooms of the package: who may import whom."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "desktopd"

SHARED = {"background_tasks", "geometry", "observers", "tasks"}
ALLOWED = {
    "geometry": set(),
    "background_tasks": set(),
    "observers": set(),
    "tasks": set(),
    "config": {"geometry"},
    "x11": SHARED,
    "rfb": SHARED | {"x11"},
    "session": SHARED | {"x11"},
    "applications": SHARED,
    "http": SHARED | {"applications", "session", "rfb", "x11"},
    "integrations": SHARED | {"http"},
    "native": SHARED | {"session", "rfb", "x11"},
    "control": {"config", "session"},
    "options": {"applications", "config", "http", "native", "rfb", "session"},
    "daemon": SHARED
    | {
        "applications",
        "config",
        "control",
        "http",
        "integrations",
        "native",
        "options",
        "rfb",
        "session",
    },
    "__main__": {"config", "control", "daemon", "http", "options", "session"},
    "__init__": set(),
}
MODULES = sorted(PACKAGE.rglob("*.py"))
# What runs in napari's process is in none of the daemon's rooms.
COMPANION = PACKAGE / "integrations" / "napari"
OURS = [path for path in MODULES if not path.is_relative_to(COMPANION)]


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_room_imports_only_the_rooms_it_may(path: Path) -> None:
    here = room(path)
    for name in imported(path):
        package, _, rest = name.partition(".")
        target = rest.partition(".")[0]
        if package == "desktopd" and target not in ("", "__version__", here):
            assert target in ALLOWED[here], f"{path} imports {name}"


@pytest.mark.parametrize(
    ("name", "owner"),
    [("starlette", "http"), ("uvicorn", "http"), ("Xlib", "x11"), ("numpy", "rfb")],
)
def test_a_library_stays_in_its_room(name: str, owner: str) -> None:
    users = {room(p) for p in OURS for i in imported(p) if i.split(".")[0] == name}
    assert users == {owner}


def test_the_companion_and_the_daemon_import_nothing_of_each_other() -> None:
    home = "desktopd.integrations.napari"
    of_the_package = {
        name
        for path in MODULES
        if path.is_relative_to(COMPANION)
        for name in imported(path)
        if name.startswith("desktopd")
    }
    assert all(name.startswith(home) for name in of_the_package)
    assert not [path for path in OURS for name in imported(path) if name.startswith(home)]


def test_only_config_reads_the_environment() -> None:
    readers = {
        room(path)
        for path in OURS
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv")
    }
    assert readers == {"config"}


def test_the_room_x11_starts_no_process() -> None:
    names = {i for p in MODULES if room(p) == "x11" for i in imported(p)}
    assert not {n for n in names if n.split(".")[0] in ("subprocess", "pyvirtualdisplay")}

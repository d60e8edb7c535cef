"""The rooms of the package: who may import whom, and how large things may become."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from statistics import median

import pytest

PACKAGE = Path(__file__).parents[2] / "desktopd"
MODULES = sorted(PACKAGE.rglob("*.py"))
# What runs in napari's process is in none of the daemon's rooms.
COMPANION = PACKAGE / "integrations" / "napari"
OURS = [path for path in MODULES if not path.is_relative_to(COMPANION)]

VALUES = (
    "addresses audit clipboard_limit control_groups cores data_policy errors geometry kept_file"
    " observers openers shell_command signal_names trace"
)
TASKS = "background_tasks descriptors lacks shared_work tasks threads"
ARROWS = {
    "arenas": "",
    "errors": "",
    "geometry": "",
    "clipboard_limit": "",
    "control_groups": "",
    "cores": "control_groups",
    "descriptors": "lacks",
    "lacks": "threads",
    "observers": "",
    "shell_command": "",
    "signal_names": "",
    "background_tasks": "",
    "shared_work": "background_tasks",
    "tasks": "",
    "threads": "",
    "addresses": "",
    "audit": "",
    "data_policy": "",
    "openers": "",
    "kept_file": "openers",
    "trace": "",
    "multiplexer": "",
    "logs": "audit",
    "budgets": "addresses",
    "rate_limit": "",
    "refusals": "addresses rate_limit",
    "lockout": "addresses",
    "sockets": "",
    "turns": "addresses",
    "tls": "errors kept_file openers turns",
    "config": "data_policy geometry openers shell_command",
    "confinement": "confinement.own_home confinement.seccomp openers threads",
    # Both sides of the wall know where a locked program has its settings, and make filters.
    "confinement.own_home": "",
    "confinement.seccomp": "",
    "control": (
        "background_tasks config confinement descriptors multiplexer session shell_command sockets"
    ),
    "x11": f"{VALUES} {TASKS}",
    "rfb.protocol": VALUES,
    "rfb.encoders": f"{VALUES} rfb.protocol",
    "rfb.viewers": f"{VALUES} {TASKS} refusals rfb.protocol",
    "rfb.rfb_server": "rfb.viewers",
    "rfb.shown_session": "geometry",
    "rfb.server": (f"{VALUES} {TASKS} x11 rfb.protocol rfb.encoders rfb.viewers rfb.shown_session"),
    "rfb.relay": f"{VALUES} {TASKS} rfb.protocol rfb.viewers rfb.rfb_server",
    "rfb.choice": (
        "geometry trace x11 rfb.rfb_server rfb.relay rfb.server rfb.shown_session rfb.viewers"
    ),
    "rfb.listeners": (
        f"{VALUES} {TASKS} budgets lockout refusals sockets tls turns"
        " rfb.protocol rfb.rfb_server rfb.viewers"
    ),
    "files": f"{VALUES} {TASKS}",
    "applications": f"{VALUES} {TASKS}",
    "session": f"{VALUES} {TASKS} confinement x11 session.probes.rfb",
    # The probe of an RFB server speaks RFB.
    "session.probes.rfb": f"{VALUES} {TASKS} x11 rfb.protocol",
    "http": (
        f"{VALUES} {TASKS} budgets lockout rate_limit refusals sockets tls turns applications"
        " files session x11 rfb.relay rfb.rfb_server rfb.viewers"
    ),
    "integrations": "http refusals threads",
    "integrations.napari": "arenas confinement.own_home confinement.seccomp openers",
    "options": "applications budgets config confinement files http rfb session shell_command tls",
    "application_on_desktop": "applications config errors options session x11",
    "own_process": "arenas",
    "doors": "budgets config errors http options rfb.listeners rfb.rfb_server rfb.viewers tls",
    "daemon": (
        f"{VALUES} {TASKS} applications arenas budgets config confinement control doors files http"
        " integrations options own_process rfb session application_on_desktop"
    ),
    "ssh": "multiplexer",
    "__main__": "config control daemon errors lacks logs options own_process session ssh",
}
"""Which rooms each room may import; a room is its longest name here, and may import itself."""


def module_name(path: Path) -> str:
    """Below the package, such as ``rfb.relay.relay``; empty for the package itself."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


NAMES = {module_name(path) for path in MODULES}


def prefixes(name: str) -> Iterator[str]:
    """The name itself, then what it is inside of."""
    while name:
        yield name
        name = name.rpartition(".")[0]


def room(name: str) -> str:
    """The room of a module; empty for one that is only the folder of rooms."""
    return next((prefix for prefix in prefixes(name) if prefix in ARROWS), "")


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """All of a module's syntax tree; the module itself comes first."""
    return tuple(ast.walk(ast.parse(path.read_text("utf-8"))))


@cache
def imports(path: Path) -> frozenset[str]:
    """Full names of what a module imports, or takes out of a module."""
    found = set()
    for node in nodes(path):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(found)


def own_imports(path: Path) -> set[str]:
    """The modules of the package that a module imports, below the package."""
    below = {name.removeprefix("desktopd.") for name in imports(path) if name[:9] == "desktopd."}
    return {next((p for p in prefixes(name) if p in NAMES), "") for name in below} - {""}


def may_import(here: str, there: str) -> bool:
    """Whether a module of one room may import one of another."""
    return there == here or not set(prefixes(there)).isdisjoint(ARROWS[here].split())


def test_a_room_imports_only_the_rooms_it_may() -> None:
    assert not [
        f"{path} imports {name}"
        for path in MODULES
        for name in own_imports(path)
        if not may_import(room(module_name(path)), room(name))
    ]


def test_no_arrow_leads_back() -> None:
    rooms = {here: set(allowed.split()) for here, allowed in ARROWS.items()}
    for here in ARROWS:
        # Whoever may import a room may import the rooms inside of it.
        rooms[here] |= {other for other in ARROWS for name in rooms[here] if f"{name}." in other}
    TopologicalSorter(rooms).prepare()


def test_no_module_imports_itself_on_a_way_around() -> None:
    TopologicalSorter({module_name(path): own_imports(path) for path in MODULES}).prepare()


@pytest.mark.parametrize(
    ("name", "owner"),
    [("starlette", "http"), ("uvicorn", "http"), ("Xlib", "x11"), ("numpy", "rfb")],
)
def test_a_library_stays_in_its_room(name: str, owner: str) -> None:
    users = {module_name(p).split(".")[0] for p in OURS for i in imports(p) if is_of(i, name)}
    assert users == {owner}


def is_of(imported: str, library: str) -> bool:
    return imported.split(".")[0] == library


def test_the_daemon_imports_nothing_of_the_companion() -> None:
    home = "desktopd.integrations.napari"
    assert not [path for path in OURS for name in imports(path) if name.startswith(home)]


def test_only_config_reads_the_environment() -> None:
    readers = {
        room(module_name(path))
        for path in OURS
        for node in nodes(path)
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv")
    }
    assert readers == {"config"}


def test_the_room_x11_starts_no_process() -> None:
    names = {i for p in MODULES if room(module_name(p)) == "x11" for i in imports(p)}
    assert not {n for n in names if is_of(n, "subprocess") or is_of(n, "pyvirtualdisplay")}


def test_a_class_has_its_name_alone() -> None:
    places = defaultdict(list)
    for path in MODULES:
        for node in nodes(path):
            if isinstance(node, ast.ClassDef):
                places[node.name].append(module_name(path))
    assert not {name: where for name, where in places.items() if len(where) > 1}


def header(path: Path) -> list[str]:
    """The lines of a module's docstring that are not empty."""
    module = nodes(path)[0]
    assert isinstance(module, ast.Module)
    return [line for line in (ast.get_docstring(module) or "").splitlines() if line]


def test_a_file_begins_with_what_belongs_in_it() -> None:
    assert not [str(path) for path in MODULES if not 1 <= len(header(path)) <= 5]


def does_something(path: Path) -> bool:
    """Whether a module has a function with more than a docstring; others are types and values."""
    functions = [
        node for node in nodes(path) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    return any(len(f.body) > 1 or not isinstance(f.body[0], ast.Expr) for f in functions)


def test_a_file_has_a_test_of_its_name_or_says_which_one_tests_it() -> None:
    tests = {test.stem for test in PACKAGE.with_name("tests").rglob("test_*.py")}
    untested, misnamed = [], []
    for path in filter(does_something, MODULES):
        named = set(re.findall(r"\btest_\w+", " ".join(header(path))))
        if tests.isdisjoint({f"test_{path.stem}", *named}) and path.name != "__init__.py":
            untested.append(str(path))
        misnamed += [f"{path}: {name}" for name in named - tests]
    assert (untested, misnamed) == ([], [])


def test_files_and_functions_are_small() -> None:
    files = {module_name(path): len(path.read_text("utf-8").splitlines()) for path in MODULES}
    assert not {name: lines for name, lines in files.items() if lines > 350}
    assert median(lines for lines in files.values() if lines > 1) <= 130
    functions = sorted(
        (node.end_lineno or 0) - node.lineno + 1
        for path in MODULES
        for node in nodes(path)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    assert functions[len(functions) * 95 // 100] <= 25


def test_unit_tests_need_no_x_server() -> None:
    tests = Path(__file__).parent
    users = {str(p) for p in tests.rglob("*.py") for i in imports(p) if i.startswith("tests.x11")}
    assert not users


def test_no_unit_test_takes_the_whole_machine() -> None:
    marked = {
        str(path)
        for path in Path(__file__).parent.rglob("*.py")
        for node in nodes(path)
        if isinstance(node, ast.Attribute) and node.attr == "whole_machine"
    }
    assert not marked

"""docs/data.md has each event of the audit log, with the facts that are noted of it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from desktopd.audit import Event
from tests.documents import ROOT

ROW = re.compile(r"^\| (`[a-z ]+`(?:, `[a-z ]+`)*) \| (.+) \|$", re.MULTILINE)
NAMES = re.compile("`([a-z ]+)`")


def documented() -> dict[str, set[str]]:
    """The facts of each event, by its name."""
    section = (ROOT / "docs/data.md").read_text("utf-8").partition("## The audit log")[2]
    table = section.partition("\n## ")[0]
    return {
        event: set(NAMES.findall(facts))
        for events, facts in ROW.findall(table)
        for event in NAMES.findall(events)
    }


def noted() -> Iterator[tuple[Event, str]]:
    """Each fact that stands in a call of `audit.note` for an event that is named there."""
    for path in (ROOT / "desktopd").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or ast.unparse(node.func) != "audit.note":
                continue
            event = ast.unparse(node.args[0]).removeprefix("audit.Event.")
            for word in node.keywords:
                assert word.arg, f"{path}:{node.lineno}: facts have names where they are noted"
                if event in Event.__members__:
                    yield Event[event], word.arg


def test_each_event_is_documented() -> None:
    assert set(documented()) == set(Event)


def test_each_fact_is_documented() -> None:
    table, facts = documented(), list(noted())
    assert {Event.SIGNED_IN, Event.FILE, Event.LINK_MADE} <= {event for event, _ in facts}
    assert [(event, fact) for event, fact in facts if fact not in table[event]] == []

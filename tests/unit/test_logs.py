"""How the log and the audit log are written: whatever is told, nobody outside writes a line."""

from __future__ import annotations

import json
import logging
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktopd import audit
from desktopd.logs import AuditFormatter, JsonFormatter, TextFormatter, set_up

FORGED = "a\n2026-01-01 00:00:00,000 ERROR   desktopd: forged\r\x1b[2J\x85\u2028b\x00"
BEGINNING = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} [A-Z]+ ")


def record(message: str, *arguments: object, error: Exception | None = None) -> logging.LogRecord:
    exc_info = (type(error), error, None) if error else None
    return logging.LogRecord("desktopd.x", logging.WARNING, "x", 1, message, arguments, exc_info)


def test_a_line_of_text_cannot_be_forged() -> None:
    told = TextFormatter().format(record("from %s", FORGED, error=ValueError(FORGED)))
    first, *others = told.split("\n")
    assert BEGINNING.match(first)
    assert first.endswith("WARNING desktopd.x: from a")
    assert others
    assert all(line.startswith("    ") for line in others)
    assert len(told.splitlines()) == len(others) + 1
    assert told.count("\\x0d\\x1b[2J\\x85\\x2028b\\x00") == 2


def test_json_is_an_object_a_line() -> None:
    line = JsonFormatter().format(record("from %s", FORGED, error=ValueError("no")))
    assert len(line.splitlines()) == 1
    told = json.loads(line)
    assert told["message"] == f"from {FORGED}"
    assert (told["level"], told["logger"]) == ("warning", "desktopd.x")
    assert told["error"] == "ValueError: no"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", told["time"])


@pytest.fixture
def root(monkeypatch: pytest.MonkeyPatch) -> Iterator[logging.Logger]:
    """The root of all logs, which is as it was after the test."""
    root = logging.getLogger()
    monkeypatch.setattr(root, "level", root.level)
    monkeypatch.setattr(audit.log, "propagate", True)
    monkeypatch.setattr(audit.log, "level", audit.log.level)
    before = {*audit.log.handlers, *root.handlers}
    yield root
    for logger in (audit.log, root):
        for handler in {*logger.handlers} - before:
            if isinstance(handler.formatter, (AuditFormatter, JsonFormatter, TextFormatter)):
                logger.removeHandler(handler)
                handler.close()


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_the_audit_log_is_its_own_and_lives_through_a_rotation(
    root: logging.Logger, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder / "audit.jsonl"
    set_up("error", "json", path)
    audit.note(audit.Event.FILE, address="192.0.2.1", action="loads", path="a\nb", size=None)
    assert path.stat().st_mode & 0o777 == 0o600
    path.rename(folder / "audit.jsonl.1")
    audit.note(audit.Event.COPIED_OUT, address="192.0.2.1", text=5)
    assert path.stat().st_mode & 0o777 == 0o600
    (first,), (second,) = lines(folder / "audit.jsonl.1"), lines(path)
    del first["time"], second["time"]
    assert first == {"event": "file", "address": "192.0.2.1", "action": "loads", "path": "a\nb"}
    assert second == {"event": "copied out", "address": "192.0.2.1", "text": 5}
    logging.getLogger("desktopd").error("broken")
    told = capsys.readouterr().err
    assert json.loads(told)["message"] == "broken"


def test_what_the_audit_log_does_not_take_is_in_the_log(
    root: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up("error", "json", Path("/dev/full"))
    for name in ("a", "b\nc"):
        audit.note(audit.Event.FILE, address="192.0.2.1", action="loads", path=name)
    told = [json.loads(line)["message"] for line in capsys.readouterr().err.splitlines()]
    begins = "audit_log takes no more (No space left on device), so this is told here: "
    assert all(one.startswith(begins) for one in told)
    assert [json.loads(one.removeprefix(begins))["path"] for one in told] == ["a", "b\nc"]


def test_an_audit_log_whose_reader_has_stopped_holds_nobody_up(
    root: logging.Logger, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    os.mkfifo(folder / "pipe")
    reader = os.open(folder / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    set_up("error", "json", folder / "pipe")
    for name in map(str, range(1000)):
        audit.note(audit.Event.FILE, address="192.0.2.1", action="loads", path=name)
    read = os.read(reader, 2**20).decode().splitlines()
    os.close(reader)
    told = [json.loads(line)["message"] for line in capsys.readouterr().err.splitlines()]
    lines = read + ["{" + line.partition("{")[2] for line in told]
    assert len(told) > 0
    assert [json.loads(line)["path"] for line in lines] == [*map(str, range(1000))]


def test_without_an_audit_log_nothing_is_told_anywhere(
    root: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up("debug", "text", None)
    audit.note(audit.Event.SIGNED_IN, address="192.0.2.1")
    assert capsys.readouterr().err == ""


def test_an_audit_log_that_cannot_be_written_is_an_error(
    root: logging.Logger, folder: Path
) -> None:
    with pytest.raises(OSError, match="directory"):
        set_up("info", "text", folder)
    os.mkfifo(folder / "pipe")
    with pytest.raises(OSError, match="No such device"):
        set_up("info", "text", folder / "pipe")

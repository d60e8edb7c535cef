"""What was written into the audit log."""

from __future__ import annotations

from typing import Any

import pytest


def accounts(caplog: pytest.LogCaptureFixture, *events: str) -> list[dict[str, Any]]:
    """The lines of these events, or of all."""
    of_audit = [record for record in caplog.records if record.name == "desktopd.audit"]
    lines = [{"event": record.getMessage(), **vars(record)["facts"]} for record in of_audit]
    return [line for line in lines if not events or line["event"] in events]

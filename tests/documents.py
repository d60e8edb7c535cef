"""The commands that the documents tell a user to type."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
NO_COMMANDS = {"docs/architecture.md"}
"""Documents whose indented blocks are pictures."""
DOCUMENTS = tuple(
    name
    for name in (
        "README.md",
        "CONTRIBUTING.md",
        *(f"docs/{p.name}" for p in ROOT.glob("docs/*.md")),
    )
    if name not in NO_COMMANDS
)
_NO_SHELL = re.compile(r"https?://|FROM |RUN |ENV ")


def commands(document: str) -> list[str]:
    """What stands in indented blocks, without remarks; lines that go on are put together."""
    text = (ROOT / document).read_text("utf-8")
    text = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"\\\n\s*", "", text)
    lines = re.findall(r"^ {4}(\S.*)$", text, re.MULTILINE)
    found = [re.sub(r"\s+# .*", "", line).rstrip() for line in lines]
    return [command for command in found if not _NO_SHELL.match(command)]

"""Programs of several toolkits with a line of text each, which tell what they get."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tests.daemon import until
from tests.x11.conftest import end

PROGRAMS = Path(__file__).with_name("typing")
SYSTEM_PYTHON = "/usr/bin/python3"
COMMANDS = {
    "Qt": (sys.executable, str(PROGRAMS / "line_qt.py")),
    "GTK": (SYSTEM_PYTHON, str(PROGRAMS / "line_gtk.py")),
    "Tk": (SYSTEM_PYTHON, str(PROGRAMS / "line_tk.py")),
    "Swing": ("java", str(PROGRAMS / "LineSwing.java")),
}
CONTROL = {"A": "\x01", "C": "\x03", "S": "\x13", "Z": "\x1a"}


@dataclass(eq=False)
class Line:
    """A program on the desktop with a line of text."""

    name: str
    log: Path
    environment: dict[str, str]

    def facts(self) -> list[dict[str, str]]:
        # The last line may be half written.
        return [json.loads(one) for one in self.log.read_text().rpartition("\n")[0].splitlines()]

    def text(self) -> str:
        return next((fact["text"] for fact in reversed(self.facts()) if "text" in fact), "")

    def shortcuts(self) -> list[str]:
        return [fact["shortcut"] for fact in self.facts() if "shortcut" in fact]

    @cached_property
    def window(self) -> str:
        search = ("search", "--sync", "--onlyvisible", "--name", f"line of {self.name}")
        return self.run(*search).split()[0]

    def run(self, *command: str) -> str:
        """Run xdotool on the desktop."""
        return subprocess.run(
            ("xdotool", *command),
            env=self.environment,
            check=True,
            capture_output=True,
            text=True,
            timeout=20,
        ).stdout

    def activate(self) -> None:
        """Have it take the keys of the desktop."""
        self.run("windowactivate", "--sync", self.window)

    @contextmanager
    def gets(self, text: str, *shortcuts: str) -> Iterator[None]:
        """What is done inside has it get all this, and nothing else."""
        self.activate()
        expected = (self.text() + text, self.shortcuts() + list(shortcuts))
        yield
        with suppress(AssertionError):
            until(lambda: (self.text(), self.shortcuts()) == expected, 30)
        assert (self.text(), self.shortcuts()) == expected, self.name


class Terminal(Line):
    """An xterm: what it gives its program is text, and shortcuts are control characters."""

    def facts(self) -> list[dict[str, str]]:
        content = self.log.read_text(errors="ignore")
        names = {character: f"Ctrl+{letter}" for letter, character in CONTROL.items()}
        text = "".join(one for one in content if one not in names)
        return [{"text": text}] + [{"shortcut": names[one]} for one in content if one in names]


@contextmanager
def all_lines(desktop: dict[str, str], folder: Path) -> Iterator[dict[str, Line]]:
    """Every program by its name, on the desktop with this environment; they log in `folder`."""
    environment = {**desktop, "LC_ALL": "C.UTF-8", "QT_QPA_PLATFORM": "xcb"}
    lines: dict[str, Line] = {}
    with ExitStack() as stack:
        for name, command in COMMANDS.items():
            log = folder / f"{name}.log"
            output = stack.enter_context(log.open("wb"))
            process = subprocess.Popen(
                command, env=environment, stdout=output, stdin=subprocess.DEVNULL
            )
            stack.callback(end, process)
            lines[name] = Line(name, log, environment)
        log = folder / "xterm.log"
        raw = f"stty raw -echo; exec cat > {log}"
        command = ("xterm", "-u8", "-T", "line of xterm", "-maximized", "-e", "sh", "-c", raw)
        stack.callback(end, subprocess.Popen(command, env=environment))
        until(log.exists, 20, "an xterm")
        lines["xterm"] = Terminal("xterm", log, environment)
        for name in COMMANDS:
            until(lines[name].facts, 40, f"a line of {name}")
        yield lines

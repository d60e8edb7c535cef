"""A command as a user writes it for a shell: assignments, a program, words with `~` and `$NAME`.

No shell reads it: pipes, redirections and globs are for ``sh -c '…'``.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

_ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=(.*)", re.DOTALL)
_VARIABLE = re.compile(r"\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)\})")
_INTERPRETER = re.compile(r"(python|pypy|wish)[\d.]*|(ba|da|z)?sh|java|perl|ruby|Rscript|node|env")
# In place of characters that quotes make plain; in no command, being for private use.
_PLAIN = {"$": "\ue000", "~": "\ue001"}


@dataclass(frozen=True, slots=True)
class ShellCommand:
    """`environment` is what is assigned in front of the program, `argv` the rest."""

    environment: Mapping[str, str]
    argv: tuple[str, ...]

    @property
    def name(self) -> str:
        """The program without its folder, such as ``napari``; of a script its own name."""
        program = Path(self.argv[0]).name
        return _script(self.argv[1:]) or program if _INTERPRETER.fullmatch(program) else program


def _script(arguments: tuple[str, ...]) -> str:
    """What an interpreter is given to run, ``my_gui`` of ``python -u my_gui.py``; "" for none."""
    for number, argument in enumerate(arguments):
        if argument in ("-m", "-jar"):
            module = arguments[number + 1 : number + 2]
            return Path(module[0]).stem if argument == "-jar" and module else "".join(module)
        if argument in ("-c", "-lc", "-e"):
            return ""
        # `env` takes assignments before the program.
        if not argument.startswith("-") and not _ASSIGNMENT.fullmatch(argument):
            return Path(argument).stem
    return ""


def without_shell(text: str) -> str:
    """The command for what knows words but no assignments, such as a menu: ``env`` makes them."""
    return f"env {text}" if parse_command(text, {}).environment else text


def program_name(text: str) -> str:
    """What a command is called without its arguments, for whoever is not told these."""
    try:
        return parse_command(text, {}).name
    except ValueError:
        return text


def parse_command(text: str, environment: Mapping[str, str]) -> ShellCommand:
    """The command with the values of `environment`; what that does not have stays as it is written.

    Raises ValueError for quotes that do not end, and where there is no program.
    """
    words = shlex.split("".join(_marked(text)))
    assigned: dict[str, str] = {}
    while words and (found := _ASSIGNMENT.fullmatch(words[0])):
        assigned[found[1]] = _expanded(found[2], environment)
        del words[0]
    if not words:
        raise ValueError("expected a command, e.g. napari or 'python my_gui.py'")
    # As in a shell, words do not see what is assigned in front of them.
    return ShellCommand(assigned, tuple(_expanded(word, environment) for word in words))


def _marked(text: str) -> Iterator[str]:
    """The text with what quotes and backslashes make plain in place of `$` and `~`."""
    quote, escaped = "", False
    for character in text:
        plain = escaped or quote == "'" or (quote == '"' and character == "~")
        if escaped and character == "$" and quote == '"':
            yield "\\"  # which shlex keeps in front of all but a quote and a backslash
        yield _PLAIN.get(character, character) if plain else character
        if escaped:
            escaped = False
        elif character == "\\" and quote != "'":
            escaped = True
        elif character in ("'", '"') and quote in ("", character):
            quote = "" if quote else character


def _home() -> str:
    try:
        return str(Path.home())
    except RuntimeError:
        # Nobody knows the user (passwd(5)): the word stays.
        return "~"


def _expanded(word: str, environment: Mapping[str, str]) -> str:
    if word == "~" or word.startswith("~/"):
        word = (environment.get("HOME") or _home()) + word[1:]

    def value(found: re.Match[str]) -> str:
        return environment.get(found[1] or found[2], found[0])

    word = _VARIABLE.sub(value, word)
    for character, mark in _PLAIN.items():
        word = word.replace("\\" + mark, character).replace(mark, character)
    return word

"""Where the code of a program lies: the folders that it has to read, beyond those of the system.

Tested by tests/unit/confinement/test_code.py.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from desktopd.confinement.real_paths import is_led, real_path
from desktopd.openers import read_little

PACKAGE = Path(__file__).parents[1]
_BINARIES = ("bin", "sbin", "condabin")
_SCRIPTS = (".py", ".pyw", ".jar")
_PROGRAMS = (b"#!", b"\x7fELF")
_LISTS = ("PYTHONPATH", "LD_LIBRARY_PATH")
_PREFIXES = ("CONDA_PREFIX", "VIRTUAL_ENV")


def own_code() -> Iterator[Path]:
    """Ours, and that of our Python, which has napari as a rule."""
    yield from (PACKAGE, Path(sys.prefix), Path(sys.base_prefix))
    here = Path.cwd()
    # `python -m` puts the folder there in which it was started.
    yield from (Path(entry) for entry in sys.path if entry and Path(entry) != here)


def code_of(
    argv: Sequence[str], environment: Mapping[str, str], written: Sequence[Path] = ()
) -> Iterator[Path]:
    """That of the program `argv` and of those that it is to start, and what the environment names.

    Of other files among the words it is the file alone. None of it lies in the `written` folders,
    whose user would say by a first line what else is code.
    """
    for folder in _folders(environment):
        # It is what lies in there that would be code.
        if not is_led(folder / "any", written):
            yield folder
    for word in argv:
        found = Path(shutil.which(word, path=environment.get("PATH")) or word)
        if found.is_absolute() and _is_readable(found) and not is_led(found, written):
            is_program = found.suffix in _SCRIPTS or _first_line(found).startswith(_PROGRAMS)
            yield from _around(found, written) if is_program else (found,)


def _folders(environment: Mapping[str, str]) -> Iterator[Path]:
    """Those that it names."""
    for name in _LISTS:
        yield from map(Path, filter(None, environment.get(name, "").split(os.pathsep)))
    yield from (Path(environment[name]) for name in _PREFIXES if environment.get(name))


def _is_readable(file: Path) -> bool:
    return os.access(file, os.R_OK) and not file.is_dir()


def _around(program: Path, written: Sequence[Path], depth: int = 4) -> Iterator[Path]:
    """What a program or script needs: its folder or its prefix, and those of what runs it."""
    if is_led(program, written):
        return
    prefix = program.parent.parent
    is_installed = program.parent.name in _BINARIES and (prefix / "lib").is_dir()
    yield from _of_prefix(prefix) if is_installed else (program, program.parent)
    if not depth:
        return
    if (real := real_path(program)) != program:
        yield from _around(real, written, depth - 1)
    if interpreter := _interpreter(program):
        yield from _around(interpreter, written, depth - 1)


def _of_prefix(prefix: Path) -> Iterator[Path]:
    """The prefix, and what its Python's files of paths name (documentation of `site`)."""
    yield prefix
    for file in prefix.glob("lib/python*/site-packages/*.pth"):
        with suppress(OSError):
            lines = read_little(file).decode("utf-8", "replace").splitlines()
            yield from (Path(line) for line in lines if line.startswith("/"))


def _interpreter(program: Path) -> Path | None:
    """What the first line of a script says."""
    line = os.fsdecode(_first_line(program))
    words = line[2:].split() if line.startswith("#!") else []
    return Path(words[0]) if words and _is_readable(Path(words[0])) else None


def _first_line(program: Path) -> bytes:
    try:
        with program.open("rb") as file:
            return file.readline(256)
    except OSError:
        return b""

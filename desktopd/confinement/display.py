"""What the X server of a locked desktop may reach: whoever has its cookie names files to it.

SetFontPath has it read fonts in any folder, and VncExtConnect has Xvnc call a viewer on any host.

Tested by tests/unit/confinement/test_display.py and tests/x11/test_confined_display.py.
"""

from __future__ import annotations

import logging
import os
import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from desktopd.confinement.code import code_of
from desktopd.confinement.confinement import Confinement
from desktopd.confinement.landlock import DEVICE, READ, RUN, Right, Rule, Wall
from desktopd.confinement.places import DEVICES, SECRETS, SYSTEM
from desktopd.confinement.real_paths import beside, modest, real, real_path, there

COMPILER = "xkbcomp"
KEYBOARDS, TEMPORARY = Path("/var/lib/xkb"), Path("/tmp")
"""Where X servers have keyboards compiled, and where if they may not (XKM_OUTPUT_DIR)."""
_COMPILED = Right.READ_FILE | Right.WRITE_FILE | Right.MAKE_REG | Right.REMOVE_FILE
_LINKER = re.compile(rb"(/[^\0]*/ld[^\0/]*)\0")
_FIRST_PAGE = 4096

log = logging.getLogger(__name__)


def display_wall(
    confinement: Confinement, program: str, environment: Mapping[str, str], own: Sequence[Rule]
) -> Wall:
    """That for the X server `program`, with `own` rules: nothing that is the application's."""
    apart = confinement.apart
    variables = {name: environment.get(name, "") for name in ("PATH", "LD_LIBRARY_PATH")}
    code = modest(code_of((program,), variables), confinement.home)
    readable = (*(place for place in real(map(Path, SYSTEM)) if place not in apart), *real(code))
    secret = (*apart, *there(map(Path, SECRETS)))
    programs = _programs(program, variables["PATH"])
    access = READ if programs else RUN
    rules = [Rule(part, access) for place in readable for part in beside(secret, place)]
    rules += [Rule(place, RUN) for place in programs]
    rules += [Rule(real_path(_keyboards(apart)), _COMPILED)]
    rules += [Rule(place, DEVICE) for place in real(Path("/dev", name) for name in DEVICES)]
    return Wall((*rules, *own), tcp=False, abstract_sockets=False)


def _programs(program: str, path: str) -> list[Path]:
    """All that it starts, with itself; nothing where that cannot be told, as of a script."""
    found = [shutil.which(name, path=path or None) for name in (program, "/bin/sh", COMPILER)]
    files = real(Path(file) for file in found if file)
    linkers = [_linker(file) for file in files]
    if len(files) < len(found) or None in linkers:
        return []
    return [*files, *real(filter(None, linkers))]


def _linker(program: Path) -> Path | None:
    """The dynamic linker that a program names, as a rule in its first page (elf(5), PT_INTERP)."""
    try:
        with program.open("rb") as file:
            head = file.read(_FIRST_PAGE)
    except OSError:
        return None
    found = _LINKER.search(head) if head.startswith(b"\x7fELF") else None
    return Path(os.fsdecode(found[1])) if found else None


def _keyboards(apart: Sequence[Path]) -> Path:
    """A folder of others, of which Landlock cannot leave it its own files alone."""
    if os.access(KEYBOARDS, os.W_OK | os.X_OK):
        return KEYBOARDS
    for one in apart:
        if one.is_relative_to(TEMPORARY):
            log.warning(
                "lockdown: the X server compiles keyboards in %s and reads fonts there, in %s too; "
                "have that elsewhere, or let its user write %s",
                *(TEMPORARY, one, KEYBOARDS),
            )
            break
    return TEMPORARY

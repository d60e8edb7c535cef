"""What a host is told to do: scripts for its sh, of one line each.

A login shell passes them on, whichever it is: csh takes no line's end in a quoted word.
Tested by tests/deploy/test_ssh.py.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence

NOT_INSTALLED = 127
"""Exit status where the host has no desktopd."""
PARTS_MISSING = 76
"""Exit status of an installation after which ``desktopd check`` names something that is missing."""
NOT_BEGUN = 78
"""Exit status where the user's profile on the host has ended all before a script began."""
NO_PYTHON = 77
"""Exit status of an installation where no Python will do."""
ENDED = 70
"""Exit status of a started script whose desktop has ended, not its connection."""
BEGUN = "desktopd-begins"
"""What a script prints first, and stdin is for it thereafter: before come the profile's words."""
SOCKET, ADDRESS = "desktopd-socket ", "desktopd-address "
"""How the lines begin by which the host tells the path of the unix socket, and the link to it."""
SOCKET_PATH = re.compile(r"/tmp/desktopd-ssh-\d+/[\w.-]+\.sock")
"""What such a path is. ssh would put variables of the laptop into another one, and tell them."""
LINK_PATH = re.compile(r"/[!-~]*")
"""What the path of such a link is: of what a terminal shows, and does not do."""

_HOME = '"$HOME"/.local/share/desktopd'
_FOLDER = (
    "umask 077",
    f"PATH=$PATH:$HOME/.local/bin:{_HOME}/bin",
    f"command -v desktopd >/dev/null || exit {NOT_INSTALLED}",
    "folder=/tmp/desktopd-ssh-$(id -u)",
    'mkdir "$folder" 2>/dev/null',
    # One look, which follows no link: between two, somebody else could change what is his. What is
    # ours stays in its place, since /tmp is sticky.
    '[ -n "$(find "$folder" -prune -type d -user "$(id -u)")" ] && chmod 700 "$folder" || '
    '{ echo "$folder is not yours: have an administrator remove it" >&2; exit 73; }',
)
_USABLE = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))"
_ENVIRONMENT = (
    # One that was left half made, or has lost its Python, is made anew.
    "bin/python -m pip --version </dev/null >/dev/null 2>&1 || { "
    "for python in python3 python3.14 python3.13 python3.12 python3.11 none; do "
    f"\"$python\" -c '{_USABLE}' </dev/null 2>/dev/null && break; done; "
    "[ $python != none ] || { "
    "echo 'Python 3.11 or later with venv is needed: what has it, such as a module, has to be on "
    "the PATH of `ssh HOST`; else an administrator can install python3 and python3-venv' >&2; "
    f"exit {NO_PYTHON}; }}; "
    '"$python" -m venv --clear . </dev/null; }',
)
_WATCH = (
    # The script goes on until stdin ends, with the connection, or the desktop does.
    "exec 3<&0",
    "{ cat <&3 >/dev/null & reader=$!; }",
    # One that is killed leaves its socket; an older version does not tell its pid.
    'lives() { [ -S "$socket" ] && { [ -z "$daemon" ] || kill -0 "$daemon" 2>/dev/null; }; }',
    "while kill -0 $reader 2>/dev/null && lives; do sleep 1; done",
    "kill $reader 2>/dev/null",
    f"lives || exit {ENDED}",
)


def start(name: str, settings: Sequence[str]) -> str:
    """Start or find the desktop, tell where it listens, and stay while there is a connection.

    `settings` are options of ``desktopd``, for a desktop that is not there yet.
    """
    return _script(
        f"echo {BEGUN}",
        *_FOLDER,
        f'socket="$folder"/{name}.sock',
        f'told=$(desktopd start --unix-socket "$socket" {shlex.join(settings)} </dev/null) || exit',
        'daemon=$(echo "$told" | sed -n "s|.*(pid \\([0-9]*\\))$|\\1|p")',
        f'echo "{SOCKET}$socket"',
        f'echo "$told" | sed -n "s|^ *unix:|{ADDRESS}|p"',
        *_WATCH,
    )


def control(command: str, name: str) -> str:
    """Have ``desktopd`` do something with the desktop of this name: ``status`` or ``stop``."""
    return _script(*_FOLDER, f'exec desktopd {command} --unix-socket "$folder"/{name}.sock')


def install(wheel: str, extras: str) -> str:
    """Take a wheel of this file name from stdin, and install it into an environment of its own."""
    name = shlex.quote(wheel)
    return _script(
        f"echo {BEGUN}; set -e; umask 077",
        f"mkdir -p {_HOME}; cd {_HOME}",
        *_ENVIRONMENT,
        f"cat > {name}",
        f"bin/python -m pip install --quiet --upgrade ./{name}[{extras}]",
        f"rm {name}",
        f"bin/desktopd check || exit {PARTS_MISSING}",
    )


def _script(*statements: str) -> str:
    """The command that the login shell is given."""
    return f"sh -c {shlex.quote('; '.join(statements))}"

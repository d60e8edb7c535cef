"""Two ordinary users, ada and bob, for programs of the tests alone: the machine itself has none.

The programs have a mount namespace in which other files lie over /etc/passwd and /etc/group, and in
which Python and desktopd can be read where they lie in a folder that is closed to others, as /root.
"""

from __future__ import annotations

import os
import shlex
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.daemon import ROOT

AS_ROOT = [] if os.geteuid() == 0 else ["sudo", "-n"]
USERS = {"ada": 54321, "bob": 54322}


def make_accounts(folder: Path) -> None:
    """Write the files of accounts into `folder`, and the users' homes."""
    for name, entry in (("passwd", "{0}:x:{1}:{1}::{2}:/bin/sh\n"), ("group", "{0}:x:{1}:\n")):
        entries = (entry.format(user, uid, home(folder, user)) for user, uid in USERS.items())
        (folder / name).write_text(Path("/etc", name).read_text() + "".join(entries))
    for user, uid in USERS.items():
        ids = ["-o", str(uid), "-g", str(uid)]
        make = [*AS_ROOT, "install", "-d", "-m", "700", *ids, str(home(folder, user))]
        subprocess.run(make, check=True)


def remove_accounts(folder: Path) -> None:
    """Remove what the users have left."""
    left = [str(home(folder, user)) for user in USERS]
    left += [f"/tmp/desktopd-{uid}" for uid in USERS.values()]
    subprocess.run([*AS_ROOT, "rm", "-rf", *left], check=True)


def home(folder: Path, user: str) -> Path:
    """The home of a user."""
    return folder / f"home-{user}"


def among_accounts(folder: Path) -> list[str]:
    """What stands before a command that root runs where the accounts are."""
    script = "; ".join(("set -e", *_mounts(folder), 'exec "$@"'))
    return [*AS_ROOT, "unshare", "--mount", "sh", "-c", script, "sh"]


def _mounts(folder: Path) -> Iterator[str]:
    for name in ("passwd", "group"):
        yield shlex.join(["mount", "--bind", str(folder / name), f"/etc/{name}"])
    needed = {Path(place).resolve() for place in (sys.base_prefix, sys.prefix, ROOT)}
    hidden = {place: closed for place in needed if (closed := _closed(place))}
    for number, place in enumerate(hidden):
        (folder / f"kept-{number}").mkdir(exist_ok=True)
        yield shlex.join(["mount", "--bind", str(place), f"{folder}/kept-{number}"])
    for closed in set(hidden.values()):
        yield shlex.join(["mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", str(closed)])
    for number, place in enumerate(hidden):
        yield shlex.join(["mkdir", "-p", str(place)])
        yield shlex.join(["mount", "--bind", f"{folder}/kept-{number}", str(place)])


def _closed(place: Path) -> Path | None:
    """The folder above a place that others cannot enter."""
    above = reversed((place, *place.parents))
    return next((path for path in above if not path.stat().st_mode & stat.S_IXOTH), None)


def as_user(folder: Path, user: str, **environment: str) -> list[str]:
    """What stands before a command that a user runs, in his home and with `environment`."""
    uid, place = USERS[user], home(folder, user)
    ids = [f"--reuid={uid}", f"--regid={uid}", "--clear-groups"]
    given = {
        "HOME": str(place),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), "/usr/bin", "/bin"]),
        "USER": user,
        **({"PYTHONPATH": os.environ["PYTHONPATH"]} if "PYTHONPATH" in os.environ else {}),
        **environment,
    }
    variables = [f"{name}={value}" for name, value in given.items()]
    return [*among_accounts(folder), "setpriv", *ids, "env", "-i", f"-C{place}", *variables]

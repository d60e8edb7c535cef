"""``desktopd ssh HOST``: the command line on a laptop.

Tested by tests/deploy/test_ssh.py.
"""

from __future__ import annotations

import argparse
import re
import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from desktopd.ssh import host_scripts, session
from desktopd.ssh.connection import run
from desktopd.ssh.slurm import session as slurm

INTERRUPTED = 130
_SECRETS = ("--token", "--view-token", "--vnc-password", "--vnc-view-password")
_NOT_OF_A_DESKTOP = ("--array", "-a", "--wrap", "--wait", "-W", "--test-only", "--job-name", "-J")
_SEVERAL_JOBS = ":"
_EPILOG = """Options behind -- are settings of the desktop, for one that is started:
desktopd ssh HOST -- --app 'fiji' --size 1920x1080. Without a user on HOST, ~/.ssh/config says how
it is reached."""


@dataclass(frozen=True, slots=True)
class SshArguments:
    """What the user wants. `action` is ``open``, ``status`` or ``stop``; `port` 0 is a free one.

    `sbatch` are options of a job; None: the desktop is to run on the host itself.
    """

    host: str
    action: str
    name: str
    port: int
    browser: bool
    wheel: Path | None
    extras: str
    sbatch: tuple[str, ...] | None
    options: tuple[str, ...]
    settings: tuple[str, ...]


def main(arguments: Sequence[str]) -> int:
    """Do what the arguments behind ``desktopd ssh`` say; returns the exit status."""
    asked = parse(arguments)
    try:
        if asked.wheel is not None and (status := _install(asked, asked.wheel)):
            return _explained(asked, status)
        return _explained(asked, _do(asked))
    except KeyboardInterrupt:
        what = "desktop" if asked.sbatch is None else "job"
        _say(f"\nThe {what} goes on. `desktopd ssh {asked.host} stop` ends it.")
        return INTERRUPTED


def _do(asked: SshArguments) -> int:
    if asked.action != "open":
        return slurm.control(asked.host, asked.options, asked.action, asked.name)
    if asked.sbatch is not None:
        job = slurm.WantedJob(
            *(asked.host, asked.options, asked.name, asked.sbatch),
            *(asked.settings, asked.port, asked.browser),
        )
        return slurm.keep(job)
    script = host_scripts.start(asked.name, asked.settings)
    wanted = session.Wanted(asked.host, asked.options, script, asked.port, asked.browser)
    return session.keep(wanted)


def parse(arguments: Sequence[str]) -> SshArguments:
    """What is asked; ends the process as argparse does."""
    parser = _parser()
    own, settings = _split(arguments)
    found = parser.parse_intermixed_args(own)
    if found.host.startswith("-"):
        parser.error(f"{found.host}: expected a host such as ada@node7.example.org")
    if port := re.fullmatch(r"([^:/]+):(\d+)", found.host):
        parser.error(f"{found.host}: expected `{port[1]} -o Port={port[2]}`")
    if not re.fullmatch(r"[\w.-]{1,32}", found.name):
        parser.error(f"--name {found.name}: expected up to 32 letters, digits, dots or dashes")
    if found.install is not None and not found.install.is_file():
        parser.error(f"--install {found.install}: no such file; give the path of a wheel (.whl)")
    for setting in settings:
        if setting.partition("=")[0] in _SECRETS:
            parser.error(
                f"{setting.partition('=')[0]}: everybody on {found.host} could read it; leave it "
                "out for a random one, or name a file there that has it: --config=FILE"
            )
    return SshArguments(
        found.host,
        found.action,
        found.name,
        found.port,
        found.browser,
        found.install,
        found.extras,
        _words(parser, found.slurm),
        tuple(part for option in found.ssh_option for part in ("-o", option)),
        tuple(settings),
    )


def _split(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """Our arguments, and those behind ``--``."""
    at = arguments.index("--") if "--" in arguments else len(arguments)
    own = [*arguments[:at]]
    # What begins with a dash would be an option of ours: argparse takes it after = alone.
    for place in range(len(own) - 1, 0, -1):
        if own[place - 1] == "--slurm":
            own[place - 1 : place + 1] = [f"--slurm={own[place]}"]
    return own, [*arguments[at + 1 :]]


def _words(parser: argparse.ArgumentParser, options: str | None) -> tuple[str, ...] | None:
    """The options of a job; those of their number that would make it another kind are refused."""
    try:
        words = None if options is None else tuple(shlex.split(options))
    except ValueError as error:
        parser.error(f"--slurm {options}: {error}")
    for word in words or ():
        if word == _SEVERAL_JOBS or _names(word, _NOT_OF_A_DESKTOP):
            parser.error(f"--slurm: {word} is no option of a desktop's job; take it out")
    return words


def _names(word: str, options: Sequence[str]) -> bool:
    """Whether a word is one of the options as getopt takes them: shortened, or with its value."""
    if word.startswith("--"):
        given = word.partition("=")[0]
        return len(given) > 2 and any(option.startswith(given) for option in options)
    return word[:2] in options


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="desktopd ssh",
        description="Your desktop on another machine: started or found there by ssh, and opened "
        "in the browser here. It goes on when this command ends.",
        epilog=_EPILOG,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("host", help="where it runs, as for ssh: ada@node7.example.org")
    add("action", nargs="?", default="open", choices=["open", "status", "stop"])
    add("--name", default="desktop", help="which of your desktops there; desktop is the first")
    add("--port", type=int, default=0, help="port on this machine; unset: a free one")
    add("--no-browser", dest="browser", action="store_false", help="only tell the address")
    add("--install", type=Path, metavar="WHEEL", help="first install this wheel there")
    add("--extras", default="fast,napari", help="of the wheel, when it is installed")
    add("--slurm", metavar="OPTIONS", help="as a job, by this login node; options are sbatch's")
    add("-o", dest="ssh_option", action="append", default=[], help="an option of ssh, as for ssh")
    return parser


def _install(asked: SshArguments, wheel: Path) -> int:
    _say(f"Installing {wheel.name} on {asked.host}: some minutes the first time")
    script = host_scripts.install(wheel.name, asked.extras)
    status = run(asked.host, asked.options, script, wheel)
    if status != host_scripts.PARTS_MISSING:
        return status
    _say(
        f"{asked.host} lacks what stands behind MISSING; an administrator can install it. "
        "Going on: where the desktop cannot do without, its start says so."
    )
    return 0


def _explained(asked: SshArguments, status: int) -> int:
    if status == host_scripts.NOT_INSTALLED:
        _say(f"{asked.host} has no desktopd: `desktopd ssh {asked.host} --install WHEEL` brings it")
    if status == host_scripts.NOT_BEGUN:
        _say(
            f"Your profile on {asked.host} (~/.bashrc or the like) has ended the connection before "
            "anything could begin. It must neither exit nor fail where there is no terminal."
        )
    return status


def _say(text: str) -> None:
    print(text, file=sys.stderr)

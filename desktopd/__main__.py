"""The command line ``desktopd``: which command runs, and its exit status.

Tested by tests/x11/test_daemon.py and tests/deploy/test_background.py.
"""

# What the imports make stays: to look for garbage among it takes an eighth of the start.
# ruff: noqa: E402

from __future__ import annotations

import gc

gc.disable()

import logging
import sys
from collections.abc import Callable
from typing import NoReturn

from desktopd import config, daemon, logs
from desktopd.config import Command, ConfigError, Loaded, Settings
from desktopd.control.check import check
from desktopd.control.relay import relay
from desktopd.control.start import start
from desktopd.control.status import status
from desktopd.control.stop import stop
from desktopd.control.supervisor import end_supervisor
from desktopd.errors import ListenError
from desktopd.lacks import lack_behind
from desktopd.options import session_options
from desktopd.own_process import leave, run_alone
from desktopd.session.errors import SessionError
from desktopd.session.folder import in_the_way
from desktopd.ssh import command as ssh

gc.freeze()
gc.enable()

log = logging.getLogger("desktopd")

_CONTROL = {
    Command.START: start,
    Command.STATUS: status,
    Command.STOP: stop,
    Command.RELAY: relay,
}


def main(*arguments: str) -> int:
    """Run the command line after `arguments`.

    Returns the exit status: 1 what was asked failed, 2 bad settings. A daemon ends the process.
    """
    if sys.argv[1:2] == ["ssh"]:
        return ssh.main(sys.argv[2:])
    return _status(lambda: _run(config.load([*arguments, *sys.argv[1:]])))


def _status(act: Callable[[], int | None]) -> int:
    """The exit status that `act` returns, or that goes with its error, which is told."""
    try:
        return act() or 0
    except Exception as error:
        if lack := lack_behind(error):
            # It passes: what keeps the daemon starts it again.
            ours = isinstance(error, ConfigError | SessionError | ListenError)
            log.error("%s", lack, exc_info=not ours)
            return 1
        if isinstance(error, ConfigError):
            print(f"desktopd: {error}", file=sys.stderr)
            end_supervisor()
            return 2
        if isinstance(error, SessionError | ListenError):
            log.error("%s", error)
            end_supervisor()
            return 1
        raise


def _run(loaded: Loaded) -> int:
    if loaded.command is Command.CONFIG:
        print(config.describe(loaded))
        return 0
    if loaded.command is Command.CHECK:
        return check(session_options(loaded))
    if loaded.command not in _CONTROL:
        _show(loaded)
    logging.basicConfig(format="desktopd: %(message)s")
    try:
        return _CONTROL[loaded.command](loaded)
    except OSError as error:
        raise (in_the_way(error) if error.filename else SessionError(str(error))) from None


def _show(loaded: Loaded) -> NoReturn:
    """Run the daemon, and end the process with it, whatever its threads wait for."""
    _set_up_logging(loaded.settings)
    status = 1
    try:
        status = _status(lambda: run_alone(daemon.run(loaded)))
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        leave(status)


def singleuser() -> int:
    """Run as the single-user server of a JupyterHub: the command ``desktopd-singleuser``."""
    return main("--auth", "jupyterhub")


def _set_up_logging(settings: Settings) -> None:
    try:
        logs.set_up(settings.log_level, settings.log_format, settings.audit_log)
    except OSError as error:
        raise ConfigError(
            f"audit_log={settings.audit_log}: {error.strerror}; name a file that can be written"
        ) from None


if __name__ == "__main__":
    sys.exit(main())

"""Ways to run programs that napari has, scripts and links for a browser: off from the start.

Modules that must not be imported are the hook's. Tested by tests/browser/test_lockdown.py.
"""

from __future__ import annotations

import webbrowser
from typing import Any

from desktopd.integrations.napari.lockdown.everywhere import replace_everywhere

SCHEMES = ("http", "https", "file", "ftp", "mailto")
START_UP_SCRIPT = "startup_script"


class NoBrowser(webbrowser.BaseBrowser):
    """Takes every address and opens none."""

    def open(self, url: str, new: int = 0, autoraise: bool = True) -> bool:
        """Done: there is nothing else to try."""
        return True


def refuse_programs() -> None:
    """Refuse scripts, a start-up script of the preferences too, and programs for addresses."""
    from napari.utils import io

    if run := getattr(io, "execute_python_code", None):
        replace_everywhere(run, _refuse)
    _keep_start_up_script()
    _enter_no_debugger()
    webbrowser.register("none", None, NoBrowser(), preferred=True)
    _open_no_links()


def _keep_start_up_script() -> None:
    """Run none here, nor let one be named, which the next napari without lockdown would run.

    Refused at the start, it would end napari there each time.
    """
    try:
        from napari.utils import _startup_script
    except ImportError:
        # Older ones have no such script.
        return
    from napari.settings._application import ApplicationSettings

    replace_everywhere(_startup_script._run_configured_startup_script, _nothing)
    set_attribute = ApplicationSettings.__setattr__

    def set_others(settings: Any, name: str, value: Any) -> None:
        if name != START_UP_SCRIPT:
            set_attribute(settings, name, value)

    ApplicationSettings.__setattr__ = set_others
    shown = ApplicationSettings.NapariConfig
    shown.preferences_exclude = (*shown.preferences_exclude, START_UP_SCRIPT)


def _nothing() -> None:
    return None


def _enter_no_debugger() -> None:
    """It would be offered beside a traceback, and run the commands of a ``.pdbrc``."""
    from napari._qt.dialogs import qt_notification

    if debug := getattr(qt_notification, "_debug_tb", None):
        replace_everywhere(debug, _refuse)


def _refuse(*_: Any, **__: Any) -> None:
    raise PermissionError("scripts are off on this desktop (lockdown)")


def _open_no_links() -> None:
    import qtpy
    from qtpy.QtGui import QDesktopServices

    if not qtpy.API_NAME.startswith("PyQt"):
        raise RuntimeError(f"lockdown needs PyQt: {qtpy.API_NAME} opens links in other programs")
    for scheme in SCHEMES:
        QDesktopServices.setUrlHandler(scheme, lambda _: None)

"""openbox's rules and menu; their effect is seen in tests/x11/test_session.py."""

from pathlib import Path
from xml.etree import ElementTree

from desktopd.session.window_managers.openbox import NAMESPACE, configure
from desktopd.session.window_managers.window_manager import WindowManagerOptions

AWKWARD = 'napari --title "a & b"'


def rules(folder: Path, *, kiosk: bool) -> ElementTree.Element:
    argv = configure(WindowManagerOptions(folder, {}, kiosk, AWKWARD))
    return ElementTree.parse(argv[-1]).getroot()


def actions(root: ElementTree.Element) -> set[str]:
    return {action.attrib["name"] for action in root.iter(f"{{{NAMESPACE}}}action")}


def test_a_kiosk_has_no_keys_no_menu_and_nothing_that_hides_a_window(folder: Path) -> None:
    of_windows = {"Focus", "If", "Raise", "Move", "Resize", "ToggleMaximize", "Close"}
    assert actions(rules(folder, kiosk=True)) == of_windows


def test_a_plain_desktop_has_them(folder: Path) -> None:
    assert actions(rules(folder, kiosk=False)) >= {"ShowMenu", "Resize", "NextWindow", "Iconify"}


def test_the_menu_offers_the_application(folder: Path) -> None:
    rules(folder, kiosk=False)
    menu = ElementTree.parse(folder / "menu.xml").getroot()
    (command,) = menu.iter("{http://openbox.org/3.4/menu}command")
    assert command.text == AWKWARD


def test_a_daemon_tells_by_the_command_line_which_rules_run(folder: Path) -> None:
    argv = {configure(WindowManagerOptions(folder, {}, kiosk, "napari")) for kiosk in (True, False)}
    assert len(argv) == 2

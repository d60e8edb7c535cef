"""The table of window managers, and what the settings say of it."""

from pathlib import Path

import pytest

from desktopd.config import Settings
from desktopd.config.validation import WITHOUT_KIOSK
from desktopd.session.window_managers.table import WINDOW_MANAGERS, window_manager
from desktopd.session.window_managers.window_manager import WindowManagerOptions


def options(folder: Path, *, kiosk: bool = True) -> WindowManagerOptions:
    return WindowManagerOptions(folder, {"HOME": str(folder)}, kiosk, "napari")


def test_the_settings_refuse_a_kiosk_where_the_table_does() -> None:
    assert {one.name for one in WINDOW_MANAGERS.values() if not one.kiosk} == {*WITHOUT_KIOSK}


def test_the_default_is_in_the_table() -> None:
    default = Settings.model_fields["wm"].default
    assert window_manager(default) is WINDOW_MANAGERS[default]


@pytest.mark.parametrize("name", WINDOW_MANAGERS)
def test_each_writes_its_files_and_names_its_programs(folder: Path, name: str) -> None:
    found = window_manager(name)
    argv = found.configure(options(folder))
    assert found.programs
    assert [*folder.rglob("*")] != []
    assert any(str(folder) in word for word in argv)


@pytest.mark.parametrize("command", ["twm -f '/a b'", "openbox --debug", "/usr/bin/openbox"])
def test_any_other_command_is_run_as_it_stands(folder: Path, command: str) -> None:
    found = window_manager(command)
    program, *rest = command.split(maxsplit=1)
    assert found.programs[0].names == (program,)
    assert found.configure(options(folder))[0] == program
    assert len(found.configure(options(folder))) == (3 if "twm" in command else 1 + len(rest))
    assert [*folder.iterdir()] == []

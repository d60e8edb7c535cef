"""The services of a session: their order, and what follows from it."""

from pathlib import Path

import pytest

from desktopd.session.clipboard import SessionClipboard
from desktopd.session.service import PartOf, Service
from desktopd.session.services.table import SERVICES
from desktopd.session.state import StateFile
from desktopd.session.status import Stage
from desktopd.session.x_server import XServer
from tests.session_options import session_options


def services(folder: Path, *arguments: str) -> list[Service | PartOf]:
    options = session_options(folder, *arguments)
    state = StateFile(folder / "state.json")
    nobody = SessionClipboard()
    x_server = XServer(
        *(options.backends, options.x_server, state, lambda: None, nobody, lambda _: None),
        kiosk=True,
        is_application=lambda _: True,
    )
    defined = [define(options, x_server, lambda: None) for define in SERVICES]
    return [service for service in defined if service is not None]


def test_a_service_comes_after_earlier_ones_alone(folder: Path) -> None:
    known: set[str] = set()
    for service in services(folder, "--rfb", "x11vnc"):
        assert isinstance(service, Service)
        assert known.issuperset(service.after)
        known.add(service.name)
    assert sorted(known) == ["application", "bus", "display", "rfb", "window_manager"]


def test_the_first_is_the_display_and_all_others_need_it(folder: Path) -> None:
    display, *others = services(folder, "--rfb", "x11vnc")
    assert display.name == "display"
    assert all(isinstance(service, Service) and service.after for service in others)


def test_a_start_passes_through_the_stages_in_their_order(folder: Path) -> None:
    waited = [s.stage() for s in services(folder) if isinstance(s, Service) and s.stage]
    order = [*Stage]
    assert waited == sorted(waited, key=order.index)
    # The last stage before READY is a second one of the application: its window is there.
    assert waited == order[: order.index(Stage.FIRST_FRAME)]


@pytest.mark.parametrize("arguments", [["--display", "xvnc"], ["--rfb", "native"]])
def test_an_rfb_server_without_a_process_is_part_of_the_display(
    folder: Path, arguments: list[str]
) -> None:
    assert PartOf("rfb", "display") in services(folder, *arguments)


def test_another_window_manager_or_x_server_is_another_command(folder: Path) -> None:
    """A restarted daemon adopts by the command line."""
    usual = {s.name: s.argv for s in services(folder) if isinstance(s, Service)}
    for changed, arguments in {
        "display": ["--display", "xvfb"],
        "window_manager": ["--no-kiosk"],
        "application": ["--app", "xterm"],
    }.items():
        other = {s.name: s.argv for s in services(folder, *arguments) if isinstance(s, Service)}
        assert [name for name in usual if usual[name] != other[name]] == [changed]


def test_an_application_that_ended_stays_ended_on_a_plain_desktop(folder: Path) -> None:
    for arguments, always in (([], True), (["--no-kiosk"], False)):
        application = services(folder, *arguments)[-1]
        assert isinstance(application, Service)
        assert application.restart.always is always

"""Programs that end the daemon's own connections to the X server (KillClient)."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from Xlib.display import Display
from Xlib.error import CatchError
from Xlib.ext.res import LocalClientPIDMask

from tests.daemon import Daemon, daemons, short_folder, until

OF_THE_DAEMON = 4
"""Its connections to X: the session's, that of the windows, the picture's, that of keys."""


@pytest.fixture(scope="module")
def watched() -> Iterator[Daemon]:
    with short_folder() as folder, daemons(folder) as start:
        yield start(app="xterm", display="xvfb")


@contextmanager
def connected(desktop: Daemon) -> Iterator[Display]:
    """A program's connection to the desktop."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XAUTHORITY", desktop.environment()["XAUTHORITY"])
        display = Display(desktop.environment()["DISPLAY"])
    try:
        yield display
    finally:
        display.close()


@pytest.mark.parametrize("number", range(OF_THE_DAEMON))
def test_a_program_that_ends_a_connection_of_ours_ends_no_x_server(
    watched: Daemon, number: int
) -> None:
    watched.ready()
    before = watched.pid("display"), watched.pid("application")
    with connected(watched) as display:

        def ours() -> list[int]:
            clients = display.res_query_client_ids([{"client": 0, "mask": LocalClientPIDMask}]).ids
            return [c.spec.client for c in clients if list(c.value) == [watched.process.pid]]

        until(lambda: len(ours()) == OF_THE_DAEMON, 30, "connections")
        # As `xkill -id` does, by any resource; that of the windows has none at all.
        client = ours()[number]
        for resource in range(client, client + 64):
            display.create_resource_object("window", resource).kill_client(onerror=CatchError())
        display.sync()
        until(lambda: len(ours()) == OF_THE_DAEMON, 30, "connections anew")
    watched.ready()
    assert (watched.pid("display"), watched.pid("application")) == before
    restarts = [watched.service(name)["restarts"] for name in ("display", "application")]
    assert restarts == [0, 0]
    written = watched.request(
        "PUT", "/api/clipboard", headers={"Content-Type": "text/plain"}, content=b"x"
    )
    assert written.status_code == 204
    until(lambda: watched.session()["windows"], 10, "windows that are followed")

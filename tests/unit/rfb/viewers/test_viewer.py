"""What is known of one viewer."""

from __future__ import annotations

from desktopd.rfb.viewers.pixel_path import PixelPath
from desktopd.rfb.viewers.viewer import Role, Viewer


def test_the_rate_is_that_of_the_last_two_seconds() -> None:
    now = 100.0
    viewer = Viewer(role=Role.CONTROL, address="::1", path=PixelPath.NATIVE, clock=lambda: now)
    assert viewer.fps is None
    for _ in range(6):
        viewer.updated()
    assert viewer.fps == 3.0
    now = 101.0
    viewer.updated()
    assert viewer.fps == 3.5
    now = 102.5
    assert viewer.fps == 0.5


def test_updates_that_are_pushed_tell_no_rate() -> None:
    viewer = Viewer(role=Role.CONTROL, address="::1", path=PixelPath.X11VNC)
    viewer.updated()
    viewer.continuous_updates(True)
    assert viewer.fps is None
    viewer.continuous_updates(False)
    assert viewer.fps is not None


def test_a_change_is_told_once() -> None:
    changes = []
    viewer = Viewer(role=Role.VIEW, address="::1", path=PixelPath.XVNC)
    viewer.on_change = lambda: changes.append((viewer.codec, viewer.exact))
    for _ in range(2):
        viewer.agreed("tight")
        viewer.showed(exact=True)
    assert changes == [("tight", None), ("tight", True)]

"""Everybody who is watching: who is told of it, and what is remembered of those who left."""

from __future__ import annotations

from desktopd.rfb.viewers.pixel_path import PixelPath
from desktopd.rfb.viewers.viewer import Role, Viewer
from desktopd.rfb.viewers.viewers import Viewers


def test_who_comes_goes_and_changes_is_told() -> None:
    viewers, told = Viewers(), []
    stop = viewers.on_change(lambda: told.append([v.codec for v in viewers]))
    first, second = (
        Viewer(role=Role.CONTROL, address="::1", path=PixelPath.XVNC, clock=lambda: 1.0)
        for _ in range(2)
    )
    with viewers.add(first):
        with viewers.add(second):
            assert list(viewers) == [first, second]
            assert first.id != second.id
            second.agreed("tight")
            second.agreed("tight")
            first.clock, second.clock = lambda: 5.0, lambda: 9.0
            first.used()
            second.used()
        assert viewers.last_input == 9.0
    assert told == [[None], [None, None], [None, "tight"], [None], []]
    stop()
    with viewers.add(first):
        assert len(viewers) == 1
        assert viewers.last_input == 9.0
    assert len(told) == 5


def test_what_was_sent_never_becomes_less() -> None:
    viewers, totals = Viewers(), []
    for sent in (500, 200):
        viewer = Viewer(role=Role.VIEW, address="::1", path=PixelPath.NATIVE)
        with viewers.add(viewer):
            viewer.bytes_sent = sent
            totals.append(viewers.bytes_sent)
        totals.append(viewers.bytes_sent)
    assert totals == [500, 500, 700, 700]

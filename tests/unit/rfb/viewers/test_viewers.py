"""Everybody who is watching: who is told of it, and what is remembered of those who left."""

from __future__ import annotations

import pytest

from desktopd.refusals import MOST
from desktopd.rfb.viewers.connection import VIEWER_LEFT
from desktopd.rfb.viewers.pixel_path import PixelPath
from desktopd.rfb.viewers.viewer import Role, Viewer
from desktopd.rfb.viewers.viewers import Viewers
from tests.unit.accounts import accounts
from tests.unit.clock import Clock


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


def test_viewers_of_one_role_and_link_fill_no_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "desktopd.audit")
    viewers = Viewers(clock=Clock())

    def comes(role: Role, address: str = "192.0.2.7", link: str | None = None) -> None:
        viewer = Viewer(role=role, address=address, path=PixelPath.NATIVE, link=link)
        with viewers.add(viewer):
            viewer.refused("this viewer may only watch")

    for _ in range(2 * MOST):
        comes(Role.VIEW)
    for event in ("viewer came", "viewer left", "refused"):
        assert len(accounts(caplog, event)) == 1 + MOST
    caplog.clear()
    comes(Role.VIEW, "192.0.2.8")
    comes(Role.VIEW, link="c0ffee")
    comes(Role.CONTROL)
    for event in ("viewer came", "refused"):
        lines = accounts(caplog, event)
        assert [(line["address"], line["role"], line.get("link")) for line in lines] == [
            ("192.0.2.8", "view", None),
            ("192.0.2.7", "view", "c0ffee"),
            ("192.0.2.7", "control", None),
        ]
    assert len(accounts(caplog, "viewer left")) == 3


def test_whoever_was_not_told_to_come_does_not_leave_either(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO", "desktopd.audit")
    viewers, clock = Viewers(clock=Clock()), Clock()
    for _ in range(2 * MOST):
        with viewers.add(Viewer(role=Role.VIEW, address="::1", path=PixelPath.XVNC, clock=clock)):
            pass
    came, left = (accounts(caplog, event) for event in ("viewer came", "viewer left"))
    assert [line["viewer"] for line in came] == [line["viewer"] for line in left]


def test_watchers_who_come_and_go_fill_the_log_as_little_as_the_audit_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO", "desktopd.rfb")
    viewers = Viewers(clock=Clock())
    for _ in range(2 * MOST):
        with viewers.add(Viewer(role=Role.VIEW, address="::1", path=PixelPath.XVNC)) as viewer:
            viewer.ending = VIEWER_LEFT
    told = [record.message for record in caplog.records if record.levelname == "INFO"]
    for words in ("came: ::1, view", "left: viewer_left: the viewer closed the connection"):
        assert len([line for line in told if line.endswith(words)]) == 1 + MOST
    assert len(told) == 2 * (1 + MOST)

from __future__ import annotations

import logging
from struct import pack

import pytest

from desktopd.data_policy import NOT_INTO, NOT_OUT, Copies
from desktopd.rfb.protocol.client_messages import ClientCutText
from desktopd.rfb.protocol.encodings import Encoding
from desktopd.rfb.protocol.extended_clipboard import (
    SERVER_CAPS,
    Caps,
    ExtendedClipboard,
    Format,
    Notify,
    Peek,
    Provide,
    Request,
)
from desktopd.rfb.protocol.server_messages import extended_cut_text, server_cut_text
from desktopd.rfb.server.clipboard_sync import ClipboardSync
from desktopd.rfb.viewers.connection import Limits
from desktopd.rfb.viewers.pixel_path import PixelPath
from desktopd.rfb.viewers.viewer import Role, Viewer
from tests.unit.accounts import accounts

NEW, OLD = frozenset({Encoding.EXTENDED_CLIPBOARD}), frozenset({Encoding.TIGHT})

VIEWER = Viewer(role=Role.CONTROL, address="192.0.2.1", path=PixelPath.NATIVE)


class Conversation:
    def __init__(
        self,
        encodings: frozenset[int] | None,
        copies: Copies = Copies.BOTH,
        viewer: Viewer = VIEWER,
    ) -> None:
        self.text = "on the desktop ü"
        self.copied: list[str] = []
        self.said: list[bytes] = []
        self.copies = ClipboardSync(
            self.said.append, self, Limits(clipboard=1000, copies=copies), viewer
        )
        if encodings is not None:
            self.copies.agree(encodings)

    def clipboard_text(self) -> str:
        return self.text

    def copy(self, text: str) -> None:
        self.copied.append(text)

    def heard(self) -> list[bytes]:
        heard = self.said.copy()
        self.said.clear()
        return heard

    def say(self, said: ExtendedClipboard) -> None:
        data = said.data()
        self.copies.take(ClientCutText(pack(">Bxxxi", 6, -len(data)) + data, extended=True))


def told(said: ExtendedClipboard) -> bytes:
    return extended_cut_text(said.data())


def test_a_viewer_of_rfc_6143_gets_and_gives_latin_1() -> None:
    talk = Conversation(OLD)
    assert talk.heard() == []
    talk.copies.copied()
    assert talk.heard() == [server_cut_text(talk.text)]
    talk.copies.take(ClientCutText(pack(">BxxxI", 6, 4) + b"caf\xe9", extended=False))
    assert talk.copied == ["café"]


def test_nothing_is_told_before_the_viewer_has_said_what_it_understands() -> None:
    talk = Conversation(None)
    talk.copies.copied()
    assert talk.heard() == []


def test_the_extended_clipboard_begins_with_what_the_server_can_do_once() -> None:
    talk = Conversation(NEW)
    talk.copies.agree(NEW)
    assert talk.heard() == [told(SERVER_CAPS)]
    talk.copies.agree(OLD)
    talk.copies.agree(NEW)
    assert talk.heard() == [told(SERVER_CAPS)]


def test_each_side_gets_the_text_when_it_asks() -> None:
    talk = Conversation(NEW)
    talk.heard()
    talk.copies.copied()
    assert talk.heard() == [told(Notify(Format.TEXT))]
    talk.say(Request(Format.TEXT))
    assert talk.heard() == [told(Provide(talk.text))]
    talk.say(Notify(Format.TEXT))
    assert talk.heard() == [told(Request(Format.TEXT))]
    talk.say(Provide("π\nψ"))
    assert talk.copied == ["π\nψ"]
    talk.say(Peek())
    assert talk.heard() == [told(Notify(Format.TEXT))]


def test_what_is_no_text_is_left_alone() -> None:
    talk = Conversation(NEW)
    talk.heard()
    talk.say(Caps(SERVER_CAPS.actions, {Format.TEXT: 10}))
    talk.say(Notify(Format.HTML))
    talk.say(Provide(None))
    assert talk.heard() == []
    assert talk.copied == []


def test_what_is_too_long_or_makes_no_sense_is_ignored_and_named(caplog) -> None:
    talk = Conversation(NEW)
    talk.heard()
    talk.say(Provide("x" * 1001))
    data = b"\x10\0\0\1nonsense"
    talk.copies.take(ClientCutText(pack(">Bxxxi", 6, -len(data)) + data, extended=True))
    assert talk.copied == []
    assert [record.levelname for record in caplog.records] == ["WARNING"] * 2
    assert "at most 1000" in caplog.text


def test_what_may_not_leave_is_neither_told_nor_given() -> None:
    for copies in (Copies.IN, Copies.OFF):
        for encodings in (OLD, NEW):
            talk = Conversation(encodings, copies)
            talk.heard()
            talk.copies.copied()
            assert talk.heard() == []
        talk.say(Request())
        talk.say(Peek())
        assert talk.heard() == [told(Provide(None)), told(Notify(Format(0)))]


def test_what_may_not_come_is_neither_asked_for_nor_taken() -> None:
    for copies in (Copies.OUT, Copies.OFF):
        talk = Conversation(NEW, copies)
        talk.heard()
        talk.say(Notify(Format.TEXT))
        talk.say(Provide("from outside"))
        talk.copies.take(ClientCutText(pack(">BxxxI", 6, 4) + b"text", extended=False))
        assert (talk.heard(), talk.copied) == ([], [])


def test_copies_are_accounted_for_by_direction_and_size(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "desktopd.audit")
    talk = Conversation(NEW)
    talk.say(Provide("ünï"))
    talk.say(Request())
    facts = [{"event": record.getMessage(), **vars(record)["facts"]} for record in caplog.records]
    who = {"viewer": VIEWER.id, "address": "192.0.2.1"}
    assert facts == [
        {"event": "copied in", "text": 5, **who},
        {"event": "copied out", "text": len(talk.text.encode()), **who},
    ]


def test_what_may_not_go_is_told_once_for_each_way(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "desktopd.audit")
    viewer = Viewer(role=Role.CONTROL, address="192.0.2.1", path=PixelPath.NATIVE)
    talk = Conversation(NEW, Copies.OFF, viewer)
    for _ in range(2):
        talk.say(Notify(Format.TEXT))
        talk.say(Provide("from outside"))
        talk.say(Request())
    who = {"event": "refused", "viewer": viewer.id, "address": "192.0.2.1", "role": "control"}
    assert accounts(caplog) == [{**who, "reason": NOT_INTO}, {**who, "reason": NOT_OUT}]

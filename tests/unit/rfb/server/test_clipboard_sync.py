from __future__ import annotations

from struct import pack

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

NEW, OLD = frozenset({Encoding.EXTENDED_CLIPBOARD}), frozenset({Encoding.TIGHT})


class Conversation:
    def __init__(self, encodings: frozenset[int] | None) -> None:
        self.text = "on the desktop ü"
        self.copied: list[str] = []
        self.said: list[bytes] = []
        self.copies = ClipboardSync(self.said.append, self, 1000)
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

"""One line that is written anew on a terminal, and lines of their own elsewhere."""

from __future__ import annotations

import io

from desktopd.ssh.status_line import StatusLine


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_has_the_line_rewritten_and_sentences_above_it() -> None:
    stream = Terminal()
    with StatusLine(stream) as line:
        line.show("place 2")
        line.show("place 1")
        line.say("here")
    assert stream.getvalue() == "\r\x1b[Kplace 2\r\x1b[Kplace 1\r\x1b[Khere\n"


def test_a_line_that_stands_at_the_end_is_finished() -> None:
    stream = Terminal()
    with StatusLine(stream) as line:
        line.show("place 2")
    assert stream.getvalue().endswith("place 2\n")


def test_a_file_has_each_text_once() -> None:
    stream = io.StringIO()
    with StatusLine(stream) as line:
        for text in ("place 2", "place 2", "place 1"):
            line.show(text)
        line.say("here")
    assert stream.getvalue() == "place 2\nplace 1\nhere\n"

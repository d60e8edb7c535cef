"""What may lie in a file's place holds nobody up, and leads nowhere."""

import os
from pathlib import Path

import pytest

from desktopd.openers import at_once, itself_at_once


def test_a_pipe_is_opened_without_a_writer(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    with open(folder / "pipe", "rb", opener=at_once) as pipe:
        assert pipe.read() == b""


def test_a_link_is_followed_only_where_that_is_asked_for(folder: Path) -> None:
    (folder / "file").write_text("words")
    (folder / "link").symlink_to("file")
    with open(folder / "link", opener=at_once) as file:
        assert file.read() == "words"
    with pytest.raises(OSError, match="Too many levels of symbolic links"):
        itself_at_once(folder / "link", os.O_RDONLY)


def test_what_is_made_is_for_its_user_alone(folder: Path) -> None:
    os.close(at_once(folder / "new", os.O_WRONLY | os.O_CREAT))
    assert (folder / "new").stat().st_mode & 0o777 == 0o600

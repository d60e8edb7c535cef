"""What may lie in a file's place holds nobody up, and leads nowhere."""

import os
import threading
import time
from pathlib import Path

import pytest

from desktopd import openers
from desktopd.openers import LITTLE, at_once, itself_at_once, read_little


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


def test_little_is_read_of_a_file_and_no_more(folder: Path) -> None:
    (folder / "file").write_bytes(bytes(LITTLE))
    assert read_little(folder / "file") == bytes(LITTLE)
    assert read_little("/dev/null") == b""
    for large in (folder / "large", Path("/dev/zero")):
        if not large.exists():
            large.write_bytes(bytes(LITTLE + 1))
        with pytest.raises(OSError, match="more than 1048576 bytes"):
            read_little(large)


def test_a_pipe_is_waited_for_a_little(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = folder / "pipe"
    os.mkfifo(pipe)

    def write() -> None:
        time.sleep(0.05)
        with pipe.open("wb", buffering=0) as writer:
            for part in (b"one ", b"two"):
                writer.write(part)
                time.sleep(0.05)

    writer = threading.Thread(target=write)
    writer.start()
    assert read_little(pipe) == b"one two"
    writer.join()
    monkeypatch.setattr(openers, "_WITHIN", 0.05)
    with pytest.raises(TimeoutError, match="nobody writes into this pipe"):
        read_little(pipe)
    with pipe.open("r+b", buffering=0), pytest.raises(TimeoutError, match="nobody writes"):
        read_little(pipe)

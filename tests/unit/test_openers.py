"""What may lie in a file's place holds nobody up, and leads nowhere."""

import ast
import os
import threading
import time
from pathlib import Path

import pytest

from desktopd import openers
from desktopd.openers import LITTLE, at_once, itself_at_once, read_little

PACKAGE = Path(openers.__file__).parent
ENDLESS = {"read", "read_bytes", "read_text", "readall", "readlines"}
BY_NOBODY_ELSE = {
    # What the kernel and the system write, and what is ours.
    *("applications/memory.py", "control_groups.py", "cores.py", "files/mounts.py"),
    *("http/pages.py", "session/shm.py", "session/state.py", "session/window_managers/xfce.py"),
    *("ssh/slurm/scripts.py", "x11/screen/shm.py"),
    # A process ends each; the body of a request has its bound.
    *("http/api/clipboard_body.py", "rfb/relay/relay.py"),
}
"""Files that read to an end which nobody else can put off."""


def _endless(path: Path) -> list[str]:
    """Where a file is read to its end, which who writes it may put off for ever."""
    return [
        f"{path}:{call.lineno}"
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in ENDLESS
        and (not call.args or call.func.attr == "read_text")
    ]


def test_nothing_is_read_without_a_bound() -> None:
    own = [PACKAGE / name for name in BY_NOBODY_ELSE]
    assert [path for path in own if not _endless(path)] == []
    others = [path for path in sorted(PACKAGE.rglob("*.py")) if path not in own]
    assert [place for path in others for place in _endless(path)] == []


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

import os
import socket
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopd.x11.selections import uri_list
from desktopd.x11.selections.content import Content

NAMES = st.binary(min_size=1, max_size=60).map(
    lambda name: name.replace(b"/", b"_").replace(b"\0", b"_")
)


@given(st.lists(st.lists(NAMES, min_size=1, max_size=4), max_size=4))
def test_paths_of_any_bytes_come_back(paths: list[list[bytes]]) -> None:
    expected = tuple(Path(os.fsdecode(b"/" + b"/".join(parts))) for parts in paths)
    written = uri_list.encode(Content.of_files(expected).uris)
    assert written.isascii()
    assert Content(uris=uri_list.decode(written)).files == expected


@given(st.binary(max_size=100))
def test_any_bytes_can_be_read(data: bytes) -> None:
    for path in Content(uris=uri_list.decode(data)).files:
        assert path.is_absolute()


def test_a_list_that_would_keep_everybody_waiting_is_refused() -> None:
    most = [f"file:///cell{number}.tif" for number in range(uri_list.MOST)]
    assert len(uri_list.decode(uri_list.encode(most))) == uri_list.MOST
    with pytest.raises(ValueError, match="1001 files and links: at most 1000 fit"):
        uri_list.decode(uri_list.encode([*most, "file:///one-more.tif"]))


def test_lines_end_as_their_writer_likes_and_may_be_comments() -> None:
    data = b"# from a file manager\r\nfile:///a%20b\r\n\nhttps://example.org/#part\rfile:///c\n\0"
    assert uri_list.decode(data) == ("file:///a%20b", "https://example.org/#part", "file:///c")
    assert uri_list.encode(("file:///a", "file:///b")) == b"file:///a\r\nfile:///b\r\n"


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("file:///data/gr%C3%BCn.tif", "/data/grün.tif"),
        ("file://localhost/data/a", "/data/a"),
        (f"file://{socket.gethostname()}/data/a", "/data/a"),
        ("file:/data/a", "/data/a"),
        ("FILE:///data/a", "/data/a"),
        ("file:///data/a?b#c", "/data/a?b#c"),
        ("file:///data/grün", "/data/grün"),
        ("file://elsewhere.example/data/a", None),
        ("file:data/a", None),
        ("file:", None),
        ("file:///a%00b", None),
        ("file://[::1/a", None),
        ("https://example.org/a", None),
        ("/data/a", None),
        ("", None),
    ],
)
def test_the_path_of_a_uri(uri: str, path: str | None) -> None:
    assert uri_list.path_of(uri) == (path and Path(path))

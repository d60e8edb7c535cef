"""The token of our own making."""

import os
from pathlib import Path

import pytest

from desktopd.http.access.kept_token import forget_token, kept_token


def test_it_holds_for_the_next_daemon_and_for_its_user_alone(folder: Path) -> None:
    token = kept_token(folder)
    assert len(token) >= 32
    assert kept_token(folder) == token
    assert (folder / "token").stat().st_mode & 0o777 == 0o600


def test_a_file_that_was_never_written_is_replaced(folder: Path) -> None:
    (folder / "token").write_text("\n")
    token = kept_token(folder)
    assert token == (folder / "token").read_text()
    assert len(token) >= 32


def test_a_line_break_behind_it_is_none_of_its(folder: Path) -> None:
    token = kept_token(folder)
    (folder / "token").write_text(f"{token}\n")
    assert kept_token(folder) == token


@pytest.mark.parametrize("kept", [bytes(32), b"a" * 31, b"a" * 33, b"\xff" * 32, b"a" * 31 + b"\n"])
def test_what_is_no_token_of_ours_opens_nothing(folder: Path, kept: bytes) -> None:
    """After a power cut, say."""
    (folder / "token").write_bytes(kept)
    token = kept_token(folder)
    assert token.encode() != kept
    assert kept_token(folder) == token


def test_nothing_in_its_place_holds_us_up(folder: Path) -> None:
    os.mkfifo(folder / "token")
    with pytest.raises(OSError, match="is no plain file"):
        kept_token(folder)


def test_it_ends_with_the_desktop(folder: Path) -> None:
    token = kept_token(folder)
    forget_token(folder)
    forget_token(folder)
    assert kept_token(folder) != token

"""The token of our own making."""

from pathlib import Path

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


def test_it_ends_with_the_desktop(folder: Path) -> None:
    token = kept_token(folder)
    forget_token(folder)
    forget_token(folder)
    assert kept_token(folder) != token

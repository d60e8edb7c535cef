"""Cookie files: what is written is found again, for the right display alone."""

import os
from pathlib import Path

import pytest

from desktopd.x11.authority import read_cookie, write_cookie
from desktopd.x11.errors import XError


def test_a_cookie_is_read_back_for_its_display(folder: Path) -> None:
    path = folder / "Xauthority"
    write_cookie(path, 7)
    first = read_cookie(path, 7)
    assert len(first) == 16
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(XError, match="has no MIT-MAGIC-COOKIE-1 for display :8"):
        read_cookie(path, 8)
    write_cookie(path, 7)
    assert read_cookie(path, 7) != first


def test_it_holds_by_the_name_of_the_host_and_by_any_other(folder: Path) -> None:
    path = folder / "Xauthority"
    write_cookie(path, 12)
    content, host = path.read_bytes(), os.uname().nodename.encode()
    local = b"\x01\x00" + len(host).to_bytes(2, "big") + host + b"\x00\x0212"
    assert content.startswith(local)
    # FamilyWild, whose address is empty.
    assert b"\xff\xff\x00\x00\x00\x0212\x00\x12MIT-MAGIC-COOKIE-1\x00\x10" in content


def test_a_file_that_was_cut_short_has_no_cookie(folder: Path) -> None:
    path = folder / "Xauthority"
    write_cookie(path, 7)
    path.write_bytes(path.read_bytes()[:10])
    with pytest.raises(XError, match="has no MIT-MAGIC-COOKIE-1"):
        read_cookie(path, 7)
    with pytest.raises(XError, match=r"cookie file .*missing"):
        read_cookie(folder / "missing", 7)

"""Links: who they let in, how long, and what is kept of them."""

from __future__ import annotations

import re
import stat
import time
from pathlib import Path

import pytest

from desktopd.http.access.links import LINKS_LIMIT, Links
from desktopd.rfb.viewers.viewer import Role
from tests.unit.accounts import accounts
from tests.unit.clock import Clock


def test_a_link_opens_until_it_is_revoked() -> None:
    links = Links()
    link, token = links.make("class", Role.VIEW)
    other, another = links.make("", Role.CONTROL)
    assert (links.find(token.encode()), links.find(another.encode())) == (link, other)
    assert len(token) >= 43
    assert [links.find(wrong) for wrong in (b"", token[:-1].encode(), link.digest.encode())] == [
        None
    ] * 3
    assert links.revoke(link.id)
    assert not links.revoke(link.id)
    assert links.find(token.encode()) is None
    assert list(links) == [other]


def test_a_link_ends_at_its_time() -> None:
    clock = Clock()
    links = Links(clock=clock)
    link, token = links.make("", Role.VIEW, 60.0)
    assert link.until == clock.now + 60
    clock.now += 59.9
    assert links.find(token.encode()) == link
    clock.now += 0.1
    assert links.find(token.encode()) is None
    assert list(links) == []


def test_a_clock_that_is_set_ends_no_link_and_lengthens_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    links = Links()
    link, token = links.make("", Role.VIEW, 60.0)
    was = time.time()
    assert link.until == pytest.approx(was + 60, abs=5)
    for day in (-86400, 86400):
        monkeypatch.setattr("time.time", lambda now=was + day: now)
        assert links.find(token.encode()) == link
    awake = time.clock_gettime(time.CLOCK_BOOTTIME)
    monkeypatch.setattr("time.clock_gettime", lambda _: awake + 60)
    assert links.find(token.encode()) is None


def test_links_outlive_the_daemon_and_the_file_opens_nothing(tmp_path: Path) -> None:
    path = tmp_path / "links.json"
    link, token = Links(path).make("Zoë", Role.VIEW)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert token not in path.read_text()
    successor = Links(path)
    assert successor.find(token.encode()) == link
    successor.revoke(link.id)
    assert Links(path).find(token.encode()) is None


def test_links_end_with_the_desktop(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "desktopd.audit")
    path = tmp_path / "links.json"
    links = Links(path)
    link, token = links.make("", Role.VIEW)
    links.forget()
    assert accounts(caplog) == [{"event": "link revoked", "link": link.id}]
    assert not path.exists()
    assert links.find(token.encode()) is None
    links.forget()


def test_a_file_that_cannot_be_read_opens_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "links.json"
    Links(path).make("Zoë", Role.VIEW)
    kept = path.read_text()
    spoilt = [kept.replace('"until": null', f'"until": {value}') for value in ('"x"', "[]")]
    spoilt += [re.sub(r'"digest": "\w+"', '"digest": []', kept), "[" * 200_000]
    for broken in ("[{", '[{"id": "a"}]', '[{"role": "owner"}]', "7", *spoilt):
        path.write_text(broken)
        assert list(Links(path)) == []
    assert "no link of before is valid" in caplog.text


def test_what_cannot_be_kept_is_not_made(tmp_path: Path) -> None:
    links = Links(tmp_path / "missing" / "links.json")
    with pytest.raises(OSError, match="missing"):
        links.make("", Role.VIEW)
    assert list(links) == []


def test_what_cannot_be_kept_is_revoked_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "kept" / "links.json"
    path.parent.mkdir()
    links = Links(path)
    link, token = links.make("", Role.CONTROL)
    path.rename(tmp_path / "links.json")
    path.parent.rmdir()
    with pytest.raises(OSError, match="kept"):
        links.revoke(link.id)
    assert links.find(token.encode()) is None
    assert list(links) == []


def test_there_is_an_end_to_their_number() -> None:
    links = Links()
    for _ in range(LINKS_LIMIT):
        links.make("", Role.VIEW)
    with pytest.raises(ValueError, match="100"):
        links.make("", Role.VIEW)

"""A certificate of our own making: for whom, how long, and in whose hands."""

from __future__ import annotations

import datetime
import ssl
from pathlib import Path

import pytest

from desktopd.tls import self_signed as under_test
from desktopd.tls.certificate import Certificate
from desktopd.tls.self_signed import fingerprint, self_signed

NAMES = ["localhost", "127.0.0.1", "::1", "desk.example.org"]


def test_it_is_for_these_names_and_for_this_user_alone(folder: Path) -> None:
    chain, key = self_signed(folder, NAMES)
    assert [path.stat().st_mode & 0o777 for path in (chain, key)] == [0o600, 0o600]
    Certificate(chain, key)
    told = ssl._ssl._test_decode_cert(str(chain))  # type: ignore[attr-defined]
    assert {value for _, value in told["subjectAltName"]} == {
        "localhost",
        "127.0.0.1",
        "0:0:0:0:0:0:0:1",
        "desk.example.org",
    }


def test_it_stays_the_same_until_it_is_for_another_name_or_ends_soon(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chain, _ = self_signed(folder, NAMES)
    first = fingerprint(chain)
    assert len(first.split(":")) == 32
    assert fingerprint(self_signed(folder, NAMES[:2])[0]) == first
    other = fingerprint(self_signed(folder, [*NAMES, "other.example.org"])[0])
    assert other != first
    monkeypatch.setattr(under_test, "LEFT", datetime.timedelta(days=400))
    assert fingerprint(self_signed(folder, NAMES)[0]) != other


@pytest.mark.parametrize("lost", ["tls-cert.pem", "tls-key.pem"])
def test_a_lost_half_is_made_anew_with_the_other(folder: Path, lost: str) -> None:
    self_signed(folder, NAMES)
    (folder / lost).unlink()
    Certificate(*self_signed(folder, NAMES))

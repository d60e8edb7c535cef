from __future__ import annotations

import signal
from collections.abc import Hashable

import pytest

from desktopd.http.remembered import KEPT
from desktopd.http.serving.acquaintances import Acquaintances


def test_only_what_has_let_somebody_in_is_known_and_only_so_much_of_it() -> None:
    known = Acquaintances()
    known.remember(b"Bearer a", "ada")
    assert known.known(b"GET / HTTP/1.1\r\nHost: x\r\nAUTHORIZATION: Bearer a\r\n\r\n") == "ada"
    assert known.known(b"GET / HTTP/1.1\r\ncookie:Bearer a\r\n\r\n") == "ada"
    for other in (b"", b"GET / HTTP/1.1\r\nHost: Bearer a\r\n\r\n", b"\r\nCookie: Bearer ab\r\n"):
        assert not known.known(other)
    for number in range(KEPT):
        known.remember(b"Bearer %d" % number, "ada")
    assert not known.known(b"\r\nCookie: Bearer a\r\n")
    assert known.known(b"\r\nCookie: Bearer 0\r\n") == "ada"


def test_a_header_that_is_found_in_many_ways_holds_nobody_up() -> None:
    """930 bytes of a stranger took the daemon 1.8 s, and twice as many 15."""

    def end(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, end)
    signal.alarm(30)
    try:
        assert not Acquaintances().known(b"GET / HTTP/1.1\r\ncookie:" + b" " * 16_000 + b"\rx")
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def test_of_a_stranger_s_headers_two_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two thousand in each of 900 requests took 1.5 s before anybody else had his turn."""
    known, looked_at = Acquaintances(), list[bytes]()
    who = known._remembered.who

    def noted(value: bytes) -> Hashable | None:
        looked_at.append(value)
        return who(value)

    monkeypatch.setattr(known._remembered, "who", noted)
    assert not known.known(b"GET / HTTP/1.1\r\n" + b"cookie: a\nauthorization: b\n" * 500)
    assert looked_at == [b"b", b"a"]

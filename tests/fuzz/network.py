"""What arrives from the network: HTTP requests, and WebSocket frames behind a handshake."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from struct import pack

from hypothesis import strategies as st

from tests.fuzz.served import served
from tests.fuzz.target import Check, Target
from tests.unit.http.desktop import TOKEN, make_app
from tests.unit.http.serving.test_websocket_connection import UPGRADE

_PATHS = (
    *("/", "/healthz", "/api/session", "/api/clipboard", "/api/display", "/api/files/", "/login"),
    *(
        "/api/events",
        "/websockify",
        "/api/app/open",
        "/api/drop",
        "/api/uploads/",
        "//",
        "/%2e%2e/",
    ),
)
_METHODS = ("GET", "PUT", "POST", "DELETE", "PATCH", "HEAD", "OPTIONS", "CONNECT", "get")
_NAMES = (
    *("Host", "Content-Length", "Transfer-Encoding", "Content-Type", "Cookie", "Origin", "Accept"),
    *("X-Forwarded-For", "Upgrade", "Connection", "Sec-WebSocket-Key", "Expect", "X-Desktopd"),
    *("Range", "Accept-Language", "Upload-Offset", "Upload-Metadata", "If-None-Match"),
)
_VALUES = (
    *("desk.test", "0", "-1", "9" * 30, "chunked", "multipart/form-data; boundary=x", "websocket"),
    *("Upgrade", "100-continue", "a=b; desktopd=x", "http://evil.test", "bytes=9-1", "*/*;q=x"),
)
_TEXT = st.text(st.characters(codec="latin-1"), max_size=20)
_HEADER = st.tuples(
    st.one_of(st.sampled_from(_NAMES), _TEXT), st.one_of(st.sampled_from(_VALUES), _TEXT)
)
_KNOWN = f"Authorization: Bearer {TOKEN}\r\nHost: desk.test\r\n"


def _request(
    method: str, path: str, query: str, headers: list[tuple[str, str]], known: bool, body: bytes
) -> bytes:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
    head = f"{method} {path}{query} HTTP/1.1\r\n{_KNOWN * known}{lines}\r\n"
    return head.encode("latin-1") + body


REQUESTS = st.one_of(
    st.builds(
        _request,
        st.one_of(st.sampled_from(_METHODS), _TEXT),
        st.one_of(st.sampled_from(_PATHS), _TEXT),
        st.one_of(st.just(""), _TEXT.map("?".__add__)),
        st.lists(_HEADER, max_size=6),
        st.booleans(),
        st.binary(max_size=200),
    ),
    st.binary(max_size=400),
)


def _frame(first: int, masked: bool, length: int, payload: bytes) -> bytes:
    told = (len(payload), 125, 126, 127)[length % 4]
    head = bytes([first, masked << 7 | min(told, 127)])
    if told == 126:
        head += pack(">H", len(payload))
    elif told == 127:
        head += pack(">Q", len(payload) if length < 8 else (1 << 62) + length)
    return head + bytes(4) * masked + payload


_PAYLOAD = st.one_of(
    st.binary(max_size=120),
    st.sampled_from(
        [
            b'{"type":"clipboard","text":"x"}',
            b'{"type":"name","name":1}',
            b"[]",
            b"{" * 100,
            b"\xff",
        ]
    ),
)
_FIRST = st.one_of(st.sampled_from([0x81, 0x82, 0x88, 0x89, 0x8A, 0x01, 0x80]), st.integers(0, 255))
FRAMES = st.lists(
    st.one_of(
        st.builds(_frame, _FIRST, st.booleans(), st.integers(0, 15), _PAYLOAD),
        st.binary(max_size=60),
    ),
    max_size=6,
).map(b"".join)


@contextmanager
def _requested() -> Iterator[Check]:
    with served(make_app()) as server:

        def check(data: bytes) -> None:
            answer = server.send(data)
            assert not answer.startswith(b"HTTP/1.1 500"), answer
            server.check()

        yield check


@contextmanager
def _framed() -> Iterator[Check]:
    with served(make_app()) as server:

        def check(data: bytes) -> None:
            answer = server.send(UPGRADE, data, answers=1)
            assert answer.startswith(b"HTTP/1.1 101"), answer
            server.check()

        yield check


TARGETS = (
    Target("http", REQUESTS, _requested, 20_000),
    Target("websocket", FRAMES, _framed, 100_000),
)

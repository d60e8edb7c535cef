"""The benchmark's own viewer, fed byte by byte and at once."""

from collections.abc import Iterator
from struct import pack

import pytest

from tests.bench.rfb import ENCODINGS, Area, Hearing

WIDTH, HEIGHT = 64, 48
START = pack(">HH16xI", WIDTH, HEIGHT, 4) + b"desk"
GREETING = b"RFB 003.008\n" + b"\1\1" + bytes(4) + START
CORNER = Area(32, 32, 32, 16)


def rectangle(encoding: int, payload: bytes, *, at: int = 0, w: int = 8, h: int = 8) -> bytes:
    return pack(">4Hi", at, at, w, h, encoding) + payload


def update(*rectangles: bytes) -> bytes:
    return pack(">BxH", 0, len(rectangles)) + b"".join(rectangles)


MESSAGES = [
    update(rectangle(0, bytes(8 * 8 * 4))),
    update(rectangle(1, bytes(4)), rectangle(16, pack(">I", 300) + bytes(300))),
    update(rectangle(50, pack(">II", 5, 3) + bytes(5), at=40)),
    update(rectangle(7, b"\x80" + bytes(3)), rectangle(7, b"\x90\xac\x02" + bytes(300))),
    update(rectangle(7, b"\x00\xc0\x01" + bytes(192))),
    update(rectangle(7, b"\x40\x01\x01" + bytes(6) + bytes(8))),
    update(rectangle(7, b"\x40\x01\x03" + bytes(12) + b"\x14" + bytes(20))),
    update(rectangle(7, b"\x40\x02\x05" + bytes(5))),
    update(rectangle(-239, bytes(8 * 8 * 4 + 8)), rectangle(-307, pack(">I", 2) + b"ab")),
    b"\0\0\xff\xff" + rectangle(-308, b"\1\0\0\0" + bytes(16), w=80, h=60) + rectangle(-224, b""),
    b"\2",
    pack(">BxHH", 1, 0, 2) + bytes(12),
    pack(">B3xi", 3, -6) + bytes(6),
    b"\x96",
]
UPDATES = 10


def heard(pieces: Iterator[bytes]) -> tuple[Hearing, bytes]:
    hearing = Hearing(CORNER)
    return hearing, b"".join(map(hearing.feed, pieces))


@pytest.mark.parametrize("step", [1, 7, 1 << 20])
def test_every_message_is_heard_however_it_is_cut(step: int) -> None:
    stream = GREETING + b"".join(MESSAGES)
    hearing, answers = heard(stream[at : at + step] for at in range(0, len(stream), step))
    assert (hearing.updates, hearing.frames) == (UPDATES, 1)
    assert answers.startswith(b"RFB 003.008\n\1\1")
    assert pack(f">BxH{len(ENCODINGS)}i", 2, len(ENCODINGS), *ENCODINGS) in answers
    assert answers.count(pack(">BBHHHH", 3, 0, 0, 0, WIDTH, HEIGHT)) == 1
    assert answers.count(pack(">BBHHHH", 3, 1, 0, 0, WIDTH, HEIGHT)) == UPDATES - 1
    assert answers.endswith(pack(">BBHHHH", 150, 1, 0, 0, 80, 60))


def test_a_fence_is_sent_back_without_its_request_bit() -> None:
    hearing = Hearing(CORNER)
    hearing.feed(GREETING)
    assert hearing.feed(pack(">B3xIB", 248, 1 << 31 | 0b101, 3) + b"abc") == (
        pack(">B3xIB", 248, 0b101, 3) + b"abc"
    )
    assert hearing.feed(pack(">B3xIB", 248, 0b101, 3) + b"abc") == b""


def test_continuous_updates_are_not_asked_for_one_by_one() -> None:
    hearing = Hearing(CORNER)
    hearing.feed(GREETING + b"\x96")
    assert hearing.feed(MESSAGES[0]) == b""
    assert hearing.updates == 1


@pytest.mark.parametrize(
    ("stream", "reason"),
    [
        (b"RFB 003.008\n\1\2", "password"),
        (b"RFB 003.008\n\1\1\0\0\0\1", "refused"),
        (GREETING + b"\x63", "server message 99"),
        (GREETING + update(rectangle(5, b"")), "encoding 5"),
    ],
)
def test_what_is_not_known_is_refused(stream: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Hearing(CORNER).feed(stream)

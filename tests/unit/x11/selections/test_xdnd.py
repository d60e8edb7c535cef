import pytest

from desktopd.x11.selections import xdnd

SOURCE = 0x1234567


def test_up_to_three_types_go_with_the_greeting() -> None:
    assert xdnd.enter(SOURCE, 5, []) == (SOURCE, 0x05000000, 0, 0, 0)
    assert xdnd.enter(SOURCE, 3, [7, 8]) == (SOURCE, 0x03000000, 7, 8, 0)
    assert xdnd.enter(SOURCE, 5, [7, 8, 9]) == (SOURCE, 0x05000000, 7, 8, 9)
    assert xdnd.enter(SOURCE, 5, [7, 8, 9, 10]) == (SOURCE, 0x05000001, 7, 8, 9)


def test_the_place_is_packed() -> None:
    assert xdnd.position(SOURCE, 800, 600, 4711, 9) == (SOURCE, 0, 800 << 16 | 600, 4711, 9)


@pytest.mark.parametrize(
    ("kind", "flags", "version", "accepted"),
    [
        (xdnd.STATUS, 0, 5, False),
        (xdnd.STATUS, 1, 5, True),
        (xdnd.STATUS, 2, 3, False),
        (xdnd.STATUS, 3, 3, True),
        (xdnd.FINISHED, 0, 5, False),
        (xdnd.FINISHED, 1, 5, True),
        (xdnd.FINISHED, 0, 4, True),
    ],
)
def test_what_an_answer_says(kind: str, flags: int, version: int, accepted: bool) -> None:
    assert xdnd.is_accepted(kind, (SOURCE, flags, 0, 0, 0), version) is accepted

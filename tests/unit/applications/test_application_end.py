"""What is said of an end."""

import pytest

from desktopd.applications.application_end import ApplicationEnd, died_for_memory


def end(code: int | None) -> ApplicationEnd:
    return ApplicationEnd(pid=1, code=code, out_of_memory=None, asked=False, time=0.0)


@pytest.mark.parametrize(
    ("code", "kills", "expected"),
    [
        (-9, 1, True),
        (-9, 0, False),
        (-9, None, None),
        # What a shell says of a program that it ran.
        (137, 1, True),
        # What the kernel killed there was another process.
        (0, 1, False),
        (-11, 1, False),
        (1, None, False),
        # Of an adopted process nobody knows the code.
        (None, 1, True),
        (None, 0, False),
        (None, None, None),
    ],
)
def test_memory_is_the_reason_only_where_the_count_says_so(
    code: int | None, kills: int | None, expected: bool | None
) -> None:
    assert died_for_memory(code, kills) is expected


@pytest.mark.parametrize(
    ("code", "name"), [(-11, "SIGSEGV"), (-9, "SIGKILL"), (0, None), (3, None), (None, None)]
)
def test_a_signal_has_its_name(code: int | None, name: str | None) -> None:
    assert end(code).signal == name


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (-9, "Killed (signal 9)"),
        (-11, "Segmentation fault (signal 11)"),
        (-40, "Real-time signal 6 (signal 40)"),
        (0, "exit code 0"),
        (3, "exit code 3"),
        (139, "exit code 139: a program in it ended by Segmentation fault"),
        (255, "exit code 255"),
        (None, "not known: desktopd itself was started again meanwhile"),
    ],
)
def test_an_end_is_described_in_words(code: int | None, words: str) -> None:
    assert end(code).description == words

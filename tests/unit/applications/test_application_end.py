"""What is said of an end."""

import pytest

from desktopd.applications.application_end import ApplicationEnd, died_for_memory


@pytest.mark.parametrize(
    ("code", "kills", "expected"),
    [
        (-9, 1, True),
        (-9, 0, False),
        (-9, None, None),
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
    assert ApplicationEnd(1, code, None, "", False, 0.0).signal == name

"""The throttle of guesses, on a clock of its own."""

import pytest

from desktopd.http.access.throttle import FREE_FAILURES, Throttle


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def fail(throttle: Throttle, address: str, times: int) -> float:
    return [throttle.failed(address) for _ in range(times)][-1]


def test_the_first_failures_are_free(clock: Clock) -> None:
    throttle = Throttle(clock)
    assert fail(throttle, "192.0.2.1", FREE_FAILURES) == 0
    assert throttle.failed("192.0.2.1") == 10


def test_the_lock_runs_out(clock: Clock) -> None:
    throttle = Throttle(clock)
    fail(throttle, "192.0.2.1", FREE_FAILURES)
    clock.now += 9.5
    assert throttle.failed("192.0.2.1") == 0.5
    clock.now += 0.5
    assert throttle.failed("192.0.2.1") == 0


def test_the_lock_doubles_up_to_five_minutes(clock: Clock) -> None:
    throttle = Throttle(clock)
    fail(throttle, "192.0.2.1", FREE_FAILURES - 1)
    locks = []
    for _ in range(2000):
        assert throttle.failed("192.0.2.1") == 0
        locks.append(throttle.failed("192.0.2.1"))
        clock.now += locks[-1]
    assert locks[:7] == [10, 20, 40, 80, 160, 300, 300]
    assert set(locks[5:]) == {300}


def test_a_success_forgets(clock: Clock) -> None:
    throttle = Throttle(clock)
    fail(throttle, "192.0.2.1", FREE_FAILURES)
    throttle.succeeded("192.0.2.1")
    assert fail(throttle, "192.0.2.1", FREE_FAILURES) == 0


def test_time_forgets(clock: Clock) -> None:
    throttle = Throttle(clock)
    fail(throttle, "192.0.2.1", FREE_FAILURES - 1)
    clock.now += 901
    assert fail(throttle, "192.0.2.1", FREE_FAILURES) == 0


def test_others_are_not_locked(clock: Clock) -> None:
    throttle = Throttle(clock)
    fail(throttle, "192.0.2.1", FREE_FAILURES)
    assert throttle.failed("192.0.2.2") == 0


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("192.0.2.1", "::ffff:192.0.2.1", True),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("unix", "unix", True),
    ],
)
def test_what_counts_as_one_address(clock: Clock, one: str, other: str, same: bool) -> None:
    throttle = Throttle(clock)
    fail(throttle, one, FREE_FAILURES)
    assert (throttle.failed(other) > 0) is same


def test_ten_thousand_addresses_take_bounded_room(clock: Clock) -> None:
    throttle = Throttle(clock, capacity=500)
    for n in range(10_000):
        fail(throttle, f"10.{n // 65536}.{n // 256 % 256}.{n % 256}", FREE_FAILURES)
    assert len(throttle) == 500
    # The latest are still locked.
    assert throttle.failed("10.0.39.15") == 10

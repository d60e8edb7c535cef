"""Who guesses is locked out, on a clock of the test's own."""

import pytest

from desktopd.lockout import FORGET_AFTER, FREE_FAILURES, Lockout
from tests.unit.clock import Clock

HOST = "192.0.2.1"


@pytest.fixture
def clock() -> Clock:
    return Clock()


def fail(lockout: Lockout, address: str, times: int) -> None:
    for _ in range(times):
        lockout.failed(address)


def test_the_fifth_failure_locks(clock: Clock) -> None:
    lockout = Lockout(clock)
    fail(lockout, HOST, FREE_FAILURES - 1)
    assert lockout.locked(HOST) == 0
    lockout.failed(HOST)
    assert lockout.locked(HOST) == 10


def test_the_lock_runs_out(clock: Clock) -> None:
    lockout = Lockout(clock)
    fail(lockout, HOST, FREE_FAILURES)
    clock.now += 9.5
    assert lockout.locked(HOST) == 0.5
    clock.now += 0.5
    assert lockout.locked(HOST) == 0


def test_the_lock_doubles_up_to_five_minutes(clock: Clock) -> None:
    lockout = Lockout(clock)
    fail(lockout, HOST, FREE_FAILURES - 1)
    locks = []
    for _ in range(2000):
        assert lockout.locked(HOST) == 0
        lockout.failed(HOST)
        locks.append(lockout.locked(HOST))
        clock.now += locks[-1]
    assert locks[:7] == [10, 20, 40, 80, 160, 300, 300]
    assert set(locks[5:]) == {300}


def test_a_success_forgets(clock: Clock) -> None:
    lockout = Lockout(clock)
    fail(lockout, HOST, FREE_FAILURES)
    lockout.succeeded(HOST)
    assert lockout.locked(HOST) == 0
    fail(lockout, HOST, FREE_FAILURES - 1)
    assert lockout.locked(HOST) == 0


def test_time_forgets(clock: Clock) -> None:
    lockout = Lockout(clock)
    fail(lockout, HOST, FREE_FAILURES - 1)
    clock.now += FORGET_AFTER + 1
    fail(lockout, HOST, FREE_FAILURES - 1)
    assert lockout.locked(HOST) == 0


def test_others_are_not_locked(clock: Clock) -> None:
    lockout = Lockout(clock)
    fail(lockout, HOST, FREE_FAILURES)
    assert lockout.locked("192.0.2.2") == 0


def test_a_network_of_one_user_is_one_address(clock: Clock) -> None:
    lockout = Lockout(clock)
    fail(lockout, "2001:db8:1:2::1", FREE_FAILURES)
    assert lockout.locked("2001:db8:1:2:ffff::9") > 0


def test_ten_thousand_addresses_take_bounded_room(clock: Clock) -> None:
    lockout = Lockout(clock, capacity=500)
    for n in range(10_000):
        fail(lockout, f"10.{n // 65536}.{n // 256 % 256}.{n % 256}", FREE_FAILURES)
    assert len(lockout) == 500
    assert lockout.locked("10.0.0.1") == 0
    # The latest are still locked.
    assert lockout.locked("10.0.39.15") == 10


def test_answers_take_longer_and_longer_and_nobody_is_kept_out(clock: Clock) -> None:
    lockout = Lockout(clock)
    pauses = []
    for _ in range(2000):
        pauses.append(lockout.pause(HOST))
        lockout.failed(HOST)
    assert pauses[:11] == [0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 16]
    assert set(pauses[9:]) == {16}
    assert lockout.pause("192.0.2.2") == 0
    clock.now += FORGET_AFTER + 1
    assert lockout.pause(HOST) == 0


def test_as_many_failures_are_free_as_are_said(clock: Clock) -> None:
    lockout = Lockout(clock, free=100)
    fail(lockout, HOST, 99)
    assert lockout.locked(HOST) == 0
    lockout.failed(HOST)
    assert lockout.locked(HOST) == 10

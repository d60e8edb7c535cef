"""The rule by which a service is started again."""

import pytest

from desktopd.session.service import SPARED, Restart


@pytest.mark.parametrize("early", [0, 1, SPARED])
def test_a_few_early_ends_cost_no_delay(early: int) -> None:
    assert Restart(first=1).delay(0, early) <= 1.2


@pytest.mark.parametrize("more", range(1, 10))
def test_what_goes_on_to_end_early_waits_longer_each_time(more: int) -> None:
    wanted = min(30.0, 0.1 * 2**more)
    assert 0.8 * wanted <= Restart().delay(0, SPARED + more) <= 1.2 * wanted


@pytest.mark.parametrize("failures", range(0, 40, 4))
def test_the_delay_doubles_up_to_the_longest(failures: int) -> None:
    rule = Restart()
    wanted = min(30.0, 0.1 * 2**failures)
    assert 0.8 * wanted <= rule.delay(failures) <= 1.2 * wanted

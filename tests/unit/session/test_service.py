"""The rule by which a service is started again."""

import pytest

from desktopd.session.service import Restart


@pytest.mark.parametrize("failures", range(0, 40, 4))
def test_the_delay_doubles_up_to_the_longest(failures: int) -> None:
    rule = Restart()
    wanted = min(30.0, 0.1 * 2**failures)
    assert 0.8 * wanted <= rule.delay(failures) <= 1.2 * wanted

from __future__ import annotations

import pytest

from desktopd.rfb.server.link_window import Window


def test_what_is_late_counts_for_more_where_the_way_is_longer() -> None:
    waited = [Window(round_trip=seconds, late=0.1).waited for seconds in (0.0, 0.03, 0.045, 0.3)]
    assert waited == [0.1, 0.1, pytest.approx(0.15), 0.2]

"""What the tests of the HTTP room may use."""

from __future__ import annotations

import pytest

from tests.unit.http.desktop import Desk


@pytest.fixture
def desk() -> Desk:
    """A session in memory."""
    return Desk()

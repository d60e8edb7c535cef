"""What a hub tells its server: whom it lets in, and which of its variables are wrong."""

import pytest

from desktopd.integrations.hub import Hub
from tests.unit.integrations.hub_api import VARIABLES


@pytest.mark.parametrize(
    ("held", "enters"),
    [
        ({"access:servers!server=ada/"}, True),
        ({"access:servers!user=ada"}, True),
        ({"access:servers"}, True),
        ({"access:servers!server=ada/gpu"}, False),
        ({"access:servers!user=bob", "admin:users", "read:servers!user=ada"}, False),
        (set(), False),
    ],
)
def test_a_scope_lets_in(held: set[str], *, enters: bool) -> None:
    assert Hub.of(VARIABLES).lets_in(frozenset(held)) is enters


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("API_TOKEN", ""),
        ("CLIENT_ID", ""),
        ("OAUTH_ACCESS_SCOPES", ""),
        ("OAUTH_ACCESS_SCOPES", "[]"),
        ("OAUTH_ACCESS_SCOPES", "{}"),
        ("ACTIVITY_INTERVAL", "often"),
        ("ACTIVITY_INTERVAL", "0"),
    ],
)
def test_a_variable_that_is_wrong_is_named(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=f"JUPYTERHUB_{name}"):
        Hub.of(VARIABLES | {f"JUPYTERHUB_{name}": value})

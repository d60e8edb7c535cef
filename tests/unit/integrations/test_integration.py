"""Integrations by the names of their entry points, as an installed package has them."""

import pytest

from desktopd.integrations.integration import connect
from desktopd.integrations.jupyterhub import HubAccess
from tests.unit.integrations.hub_api import VARIABLES


def test_an_integration_is_found_by_its_name() -> None:
    assert isinstance(connect("jupyterhub", VARIABLES), HubAccess)


def test_one_that_is_not_installed_is_named_with_the_remedy() -> None:
    with pytest.raises(ValueError, match=r"auth=nohub: no such entry point .* install the package"):
        connect("nohub", {})


def test_a_variable_that_it_cannot_use_is_named() -> None:
    with pytest.raises(ValueError, match="JUPYTERHUB_API_URL is not set"):
        connect("jupyterhub", {})

"""The address for a person to click."""

import pytest

from desktopd.http.serving.link import link


@pytest.mark.parametrize(
    ("address", "base_url", "token", "expected"),
    [
        ("http://127.0.0.1:8888", "/", "t", "http://127.0.0.1:8888/?token=t"),
        ("https://0.0.0.0:8888", "/a/", None, "https://127.0.0.1:8888/a/"),
        ("http://[::]:8888", "/", None, "http://[::1]:8888/"),
        ("unix:/run/desktop.sock", "/", None, "unix:/run/desktop.sock/"),
    ],
)
def test_a_link(address: str, base_url: str, token: str | None, expected: str) -> None:
    assert link(address, base_url, token) == expected


def test_a_public_address_is_told_in_place_of_the_own_one() -> None:
    told = link("http://127.0.0.1:8888", "/inner/", "t", "https://desk.example.org/napari/")
    assert told == "https://desk.example.org/napari/?token=t"

"""Tokens and the cookie that is made from them."""

import secrets

import pytest

from desktopd.http.access.tokens import Tokens, cookie_header, guessable
from desktopd.rfb.viewers.viewer import Role

CONTROL = "Pk3-ünï-token-4f9c"
VIEW = "only-looking-90b1"
TOKENS = Tokens(CONTROL, VIEW)


def test_each_token_opens_its_role() -> None:
    assert TOKENS.role(CONTROL.encode()) is Role.CONTROL
    assert TOKENS.role(VIEW.encode()) is Role.VIEW


@pytest.mark.parametrize(
    "presented",
    [
        b"",
        b" ",
        CONTROL[:-1].encode(),
        CONTROL.encode() + b"x",
        b" " + CONTROL.encode(),
        CONTROL.swapcase().encode(),
        CONTROL.encode("utf-16"),
        CONTROL.encode("latin-1"),
        b"\x00",
        b"\xff\xfe\xfd",
        b"None",
    ],
)
def test_anything_else_opens_nothing(presented: bytes) -> None:
    assert TOKENS.role(presented) is None
    assert Tokens(CONTROL).role(presented) is None


def test_without_a_view_token_nothing_opens_the_view() -> None:
    assert Tokens(CONTROL).role(VIEW.encode()) is None


@pytest.mark.parametrize("blank", [None, "", " ", "\t\n"])
def test_a_blank_token_is_refused(blank: str | None) -> None:
    with pytest.raises(ValueError, match="token is blank"):
        Tokens(blank)


@pytest.mark.parametrize("blank", ["", "  "])
def test_a_blank_view_token_is_refused(blank: str) -> None:
    with pytest.raises(ValueError, match="view_token is blank"):
        Tokens(CONTROL, blank)


def test_one_token_cannot_stand_for_both_roles() -> None:
    with pytest.raises(ValueError, match="view_token equals token"):
        Tokens(CONTROL, CONTROL)


@pytest.mark.parametrize("role", Role)
def test_a_cookie_outlives_the_daemon(role: Role) -> None:
    assert Tokens(CONTROL, VIEW).cookie_roles(cookie(TOKENS, role)) == [role]


def cookie(tokens: Tokens, role: Role) -> dict[str, str]:
    return {tokens.cookie_of(role): tokens.cookie_value(role)}


def test_a_cookie_dies_with_its_token() -> None:
    both = cookie(TOKENS, Role.CONTROL) | cookie(TOKENS, Role.VIEW)
    assert TOKENS.cookie_roles(both) == [Role.CONTROL, Role.VIEW]
    assert Tokens("another-token-777", VIEW).cookie_roles(both) == []
    assert Tokens(CONTROL, "another-777").cookie_roles(both) == [Role.CONTROL]
    assert Tokens(CONTROL).cookie_roles(both) == [Role.CONTROL]


@pytest.mark.parametrize("value", ["", "x", "ünï\u2603", "\udcff", CONTROL, VIEW, "0" * 64])
def test_other_cookies_open_nothing(value: str) -> None:
    names = map(TOKENS.cookie_of, Role)
    assert TOKENS.cookie_roles(dict.fromkeys(names, value)) == []


def test_the_cookie_of_one_role_is_none_of_another() -> None:
    view, control = (TOKENS.cookie_value(role) for role in (Role.VIEW, Role.CONTROL))
    names = map(TOKENS.cookie_of, (Role.CONTROL, Role.VIEW))
    assert TOKENS.cookie_roles(dict(zip(names, (view, control), strict=True))) == []


def test_a_cookie_shows_no_token() -> None:
    assert CONTROL not in TOKENS.cookie_value(Role.CONTROL) + TOKENS.cookie_name


def test_desktops_on_one_host_have_cookies_of_their_own() -> None:
    names = {Tokens(f"token-number-{n}").cookie_name for n in range(100)}
    assert len(names) == 100


@pytest.mark.parametrize(
    ("secure", "embedded", "expected"),
    [
        (False, False, "n=v; Path=/a/; HttpOnly; SameSite=Lax"),
        (True, False, "n=v; Path=/a/; HttpOnly; Secure; SameSite=Lax"),
        (False, True, "n=v; Path=/a/; HttpOnly; SameSite=Lax"),
        (True, True, "n=v; Path=/a/; HttpOnly; Secure; SameSite=None; Partitioned"),
    ],
)
def test_attributes_of_the_cookie(secure: bool, embedded: bool, expected: str) -> None:
    assert cookie_header("n", "v", "/a/", secure=secure, embedded=embedded) == expected


def test_a_token_of_128_bits_is_no_risk() -> None:
    for _ in range(100):
        assert guessable(secrets.token_hex(16)) == guessable(secrets.token_urlsafe(24)) == ""


@pytest.mark.parametrize(
    ("token", "bits"), [("a" * 64, 0), ("correct-horse-battery", 123), ("0123456789012345", 53)]
)
def test_a_token_that_can_be_guessed_says_so(token: str, bits: int) -> None:
    assert guessable(token).startswith(f"at most {bits} bits: whoever guesses it has the desktop")

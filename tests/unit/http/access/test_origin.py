"""The Origin and Host rules."""

import pytest

from desktopd.http.access.origin import Origin, OriginPolicy

POLICY = OriginPolicy(["https://lms.example.org", "http://[2001:db8::1]:8000"])


@pytest.mark.parametrize(
    ("origin", "host", "https", "allowed"),
    [
        ("http://desk.test", "desk.test", False, True),
        ("http://desk.test:80", "desk.test", False, True),
        ("http://DESK.test", "desk.TEST", False, True),
        ("http://desk.test:8888", "desk.test:8888", False, True),
        ("http://[::1]:8888", "[::1]:8888", False, True),
        ("http://127.0.0.1:8888", "127.0.0.1:8888", False, True),
        ("https://desk.test", "desk.test", True, True),
        ("https://desk.test", "desk.test:443", True, True),
        # A proxy ends TLS in front of us.
        ("https://desk.test", "desk.test", False, True),
        ("https://desk.test:8443", "desk.test:8443", False, True),
        # A page without TLS is not ours when we have it.
        ("http://desk.test", "desk.test", True, False),
        ("http://desk.test:8888", "desk.test:8888", True, False),
        ("http://desk.test:8889", "desk.test:8888", False, False),
        ("http://desk.test", "desk.test:8888", False, False),
        ("http://desk.test:8888", "desk.test", False, False),
        ("https://desk.test", "desk.test:80", False, False),
        ("null", "desk.test", False, False),
        ("null", "null", False, False),
        ("", "", False, False),
        ("http://", "", False, False),
        ("http://evil.test", "desk.test", False, False),
        ("http://desk.test.evil.test", "desk.test", False, False),
        ("http://evildesk.test", "desk.test", False, False),
        ("http://evil.test/desk.test", "desk.test", False, False),
        ("http://desk.test/", "desk.test", False, False),
        ("http://desk.test@evil.test", "desk.test", False, False),
        ("http://desk.test ", "desk.test", False, False),
        ("http://desk.test, http://evil.test", "desk.test", False, False),
        ("http://desk.test:", "desk.test", False, False),
        ("http://desk.test:80x", "desk.test", False, False),
        ("ftp://desk.test", "desk.test", False, False),
        ("desk.test", "desk.test", False, False),
        ("http://localhost", "127.0.0.1", False, False),
        ("https://lms.example.org", "desk.test", True, True),
        ("https://lms.example.org:443", "desk.test", False, True),
        ("http://lms.example.org", "desk.test", False, False),
        ("https://lms.example.org:8443", "desk.test", True, False),
        ("https://lms.example.org.evil.test", "desk.test", True, False),
        ("http://[2001:db8::1]:8000", "desk.test", False, True),
    ],
)
def test_the_matrix(origin: str, host: str, https: bool, allowed: bool) -> None:
    assert POLICY.allows_origin(origin, host, https=https) is allowed


@pytest.mark.parametrize("text", ["*", "lms.example.org", "https://", "https://a/b", "null", ""])
def test_a_bad_entry_is_named(text: str) -> None:
    with pytest.raises(ValueError, match=r"allow_origin: .*expected an? (origin|host) such as"):
        OriginPolicy([text])


def test_an_origin_has_a_port() -> None:
    assert Origin.parse("HTTPS://Lms.Example.org") == Origin("https", "lms.example.org", 443)


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("desk.test", True),
        ("desk.test:8888", True),
        ("DESK.TEST", True),
        ("[::1]:8888", True),
        ("evil.test", False),
        ("desk.test.evil.test", False),
        ("", False),
        ("desk.test/", False),
    ],
)
def test_listed_hosts(host: str, allowed: bool) -> None:
    assert OriginPolicy(allowed_hosts=["Desk.test", "[::1]"]).allows_host(host, host) is allowed


@pytest.mark.parametrize(
    ("received", "allowed"),
    [
        ("127.0.0.1:8888", True),
        ("[2001:db8::1]:8888", True),
        ("localhost:8888", True),
        ("desk.test", True),
        ("Other.test:80", True),
        ("evil.test", False),
        ("localhost.evil.test", False),
        ("127.0.0.1.evil.test:8888", False),
        ("desktopd", False),
        ("[evil]", False),
        ("", False),
    ],
)
def test_what_a_proxy_sends_is_an_address_or_listed_too(received: str, allowed: bool) -> None:
    policy = OriginPolicy(allowed_hosts=["desk.test", "other.test"])
    assert policy.allows_host("desk.test", received) is allowed
    assert not policy.allows_host("127.0.0.1", received)


def test_any_host_without_a_list() -> None:
    assert OriginPolicy().allows_host("whatever:1", "")

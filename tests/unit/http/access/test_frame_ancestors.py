"""Which pages may embed the desktop and speak to it."""

import pytest

from desktopd.http.access.frame_ancestors import FrameAncestors
from tests.unit.http.desktop import BEARER, VIEW_BEARER, client, make_app


@pytest.mark.parametrize(
    "source",
    [
        *("", "a b", "'self'; script-src *", "a,b", "a\nX: y", "'unsafe-inline'", "http://a/b"),
        *("ftp://a", "data:", "https://a.*.org", "*a.org", "a..b", "https://", "a:b"),
    ],
)
def test_a_bad_source_is_named(source: str) -> None:
    with pytest.raises(ValueError, match="frame_ancestors="):
        FrameAncestors([source])


@pytest.mark.parametrize(
    ("sources", "foreign"),
    [((), False), (("'self'",), False), (("none",), False), (("self", "https://a.test"), True)],
)
def test_whether_other_sites_may(sources: tuple[str, ...], foreign: bool) -> None:
    assert FrameAncestors(sources).foreign is foreign


ALLOWED = [
    ("'self'", "https://desk.test"),
    ("self", "https://desk.test:443"),
    ("https://lms.example.org", "https://lms.example.org"),
    ("https://LMS.example.org", "https://lms.EXAMPLE.org"),
    ("http://lms.example.org", "https://lms.example.org"),
    ("lms.example.org", "https://lms.example.org"),
    ("lms.example.org:*", "https://lms.example.org:8443"),
    ("http://lms.example.org:80", "https://lms.example.org"),
    ("https://*.example.org", "https://a.b.example.org"),
    ("https://*.example.org:8443", "https://a.example.org:8443"),
    ("https:", "https://any.test:1234"),
    ("http:", "https://any.test"),
    ("*", "http://any.test:1234"),
    ("https://*", "https://any.test"),
    ("http://localhost:8000", "http://localhost:8000"),
    ("http://[::1]:8000", "http://[::1]:8000"),
]


@pytest.mark.parametrize(("source", "origin"), ALLOWED)
def test_a_page_that_may(source: str, origin: str) -> None:
    assert FrameAncestors(["https://other.test", source]).allows(origin, "desk.test", https=True)


@pytest.mark.parametrize(
    ("source", "origin"),
    [
        ("'self'", "https://desk.test:8443"),
        ("'self'", "https://desk.test.evil.com"),
        ("'self'", "http://desk.test"),
        ("'none'", "https://desk.test"),
        ("https://lms.example.org", "http://lms.example.org"),
        ("https://lms.example.org", "https://lms.example.org:8443"),
        ("https://lms.example.org", "https://lms.example.org.evil.com"),
        ("https://lms.example.org", "https://evil.com/https://lms.example.org"),
        ("https://lms.example.org", "https://evil.com#https://lms.example.org"),
        ("https://lms.example.org", "https://lms.example.org@evil.com"),
        ("https://lms.example.org", "https://a.lms.example.org"),
        ("https://lms.example.org", "https://lms-example.org"),
        ("https://lms.example.org", "https://lms.example.org."),
        ("https://lms.example.org", "https://lms.example.org/"),
        ("https://lms.example.org", " https://lms.example.org"),
        ("lms.example.org", "http://lms.example.org"),
        ("https://*.example.org", "https://example.org"),
        ("https://*.example.org", "https://evilexample.org"),
        ("https://*.example.org", "https://a.example.org.evil.com"),
        ("https://*.example.org", "https://a.example.org:8443"),
        ("https:", "http://any.test"),
        ("https://*", "https://any.test:8443"),
        ("*", "null"),
        ("*", "file://"),
        ("*", "data:text/html,x"),
        ("*", "chrome-extension://abc"),
        ("*", ""),
        ("*", "https://a, https://b"),
        ("https:", "null"),
        ("null", "null"),
    ],
)
def test_a_page_that_may_not(source: str, origin: str) -> None:
    assert not FrameAncestors([source]).allows(origin, "desk.test", https=True)


def test_a_page_of_our_own_over_http() -> None:
    own = FrameAncestors(["self"])
    assert own.allows("http://desk.test:8888", "desk.test:8888", https=False)
    # A proxy may end TLS in front of us.
    assert own.allows("https://desk.test", "desk.test", https=False)
    assert not own.allows("http://desk.test:9999", "desk.test:8888", https=False)
    assert not own.allows("http://desk.test", "bad host", https=False)


@pytest.mark.parametrize("headers", [BEARER, VIEW_BEARER])
async def test_the_page_asks_whether_its_parent_may(headers: dict[str, str]) -> None:
    app = make_app(frame_ancestors=("self", "https://lms.example.org"))
    async with client(app, headers=headers) as page:
        for origin, allowed in (
            ("https://lms.example.org", True),
            ("http://desk.test", True),
            ("https://lms.example.org.evil.com", False),
            ("null", False),
            ("", False),
        ):
            answer = await page.get("/api/embedding", params={"origin": origin})
            assert answer.json() == {"allowed": allowed}, origin
    async with client(app) as stranger:
        assert (
            await stranger.get("/api/embedding?origin=https://lms.example.org")
        ).status_code == 401

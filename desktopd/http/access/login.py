"""The page that asks for the token, without any script."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, unquote_plus, urlsplit

from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from desktopd.http.access.link_authenticator import LinkAuthenticator
from desktopd.http.access.token_authenticator import OpenAuthenticator
from desktopd.http.api.body import read_body
from desktopd.http.language import asked_language, language_of
from desktopd.http.markup import login_form
from desktopd.http.problems import Problem, WrongToken, note_refusal, wants_html
from desktopd.http.serving.prefix import path_below
from desktopd.http.translations import in_one_line, translated

_FORM_LIMIT = 16_384
_OWN = re.compile("(token|ticket)(=|$)", re.IGNORECASE)
_INNER = re.compile("[?&=]token=", re.IGNORECASE)
_NO_COOKIE = (
    "This browser keeps no cookie of this address: allow cookies for it, then enter the token again"
)
_AFTER = re.compile(r"(vnc(_lite)?\.html)?(\?[!-~]*)?")
_DEPTH = 8
"""How often a parameter may be quoted: each time takes a look at all of it, by any stranger."""


class LoginPage:
    """The form. It repeats a ``token`` inside of other parameters only if that `names_target`.

    `banner` is a text above it, empty for none.
    """

    def __init__(self, *, names_target: bool, banner: str = "") -> None:
        self._names_target = names_target
        self._banner = banner

    def response(
        self, conn: HTTPConnection, problem: Problem | None = None, after: str | None = None
    ) -> Response:
        """The form, with the status of the `problem` that led to it.

        `after`: the page to go to, relative to ``/login``; None takes the one that was asked for.
        """
        status, headers, error, language = 200, {}, "", language_of(conn)
        if problem is not None:
            status, headers = problem.status_code, dict(problem.headers or {})
            if isinstance(problem, WrongToken):
                error = in_one_line(problem.detail, problem.remedy, language)
            elif _comes_from_us(conn):
                error = translated(_NO_COOKIE, language)
        if after is None:
            query = conn.scope["query_string"].decode("latin-1")
            after = self.allowed(f"{path_below(conn.scope)[1:]}?{query}")
        depth = path_below(conn.scope).count("/") - 1
        asked = asked_language(conn)
        action = "../" * depth + "login" + (f"?lang={asked}" if asked else "")
        page = login_form(action, after, error, language, self._banner)
        # With no-referrer, browsers send "Origin: null" when the form is submitted.
        return HTMLResponse(page, status, headers | {"Referrer-Policy": "same-origin"})

    def allowed(self, after: str) -> str:
        """Where to go after the login: a page of ours without any token, or the first page."""
        path, _, query = after.partition("?")
        kept = [p for p in query.split("&") if p and not self._holds_token(p)]
        after = path + ("?" + "&".join(kept) if kept else "")
        return after if _AFTER.fullmatch(after) else ""

    def _holds_token(self, parameter: str) -> bool:
        plain = _unquoted(parameter)
        return (
            plain is None
            or _OWN.match(plain) is not None
            or (_INNER.search(plain) is not None and not self._names_target)
        )


class Login:
    """GET and POST ``/login``."""

    def __init__(
        self, authenticator: LinkAuthenticator | OpenAuthenticator, page: LoginPage
    ) -> None:
        self._authenticator = authenticator
        self._page = page

    async def show(self, request: Request) -> Response:
        """The form; whoever has access already goes on to the desktop."""
        try:
            await self._authenticator.access(request)
        except Problem:
            return self._page.response(request, after="")
        return RedirectResponse("./", 303)

    async def submit(self, request: Request) -> Response:
        """Exchange the form's token for a cookie and go where the user wanted to."""
        body = await read_body(request, _FORM_LIMIT)
        fields = dict(parse_qsl(body.decode("latin-1"), encoding="latin-1"))
        after = self._page.allowed(fields.get("next", ""))
        token = fields.get("token", "").encode("latin-1")
        try:
            return self._authenticator.enter(request, token, f"./{after}")
        except Problem as problem:
            if wants_html(request):
                note_refusal(request, problem)
                return self._page.response(request, problem, after)
            raise


def _unquoted(parameter: str) -> str | None:
    """What is in all of its quotes; None where these are more than anybody needs."""
    for _ in range(_DEPTH):
        plain = unquote_plus(parameter)
        if plain == parameter:
            return plain
        parameter = plain
    return None


def _comes_from_us(conn: HTTPConnection) -> bool:
    """Whether a form of ours led here, where whoever sent it would be known by a cookie."""
    try:
        referer = urlsplit(conn.headers.get("referer", ""))
    except ValueError:
        return False
    ours = referer.path.startswith(f"{conn.scope['root_path']}/")
    return referer.netloc == conn.headers.get("host") and ours

"""The language of what is said to a reader: English, German or Chinese.

The words stand in `translations`. test_language tests it.
"""

from __future__ import annotations

from enum import StrEnum

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from desktopd.http.asked_once import asked_once
from desktopd.http.serving.accepted import accepted


class Language(StrEnum):
    """What there is a catalogue for; the values are those of the setting `language`."""

    ENGLISH = "en"
    GERMAN = "de"
    CHINESE = "zh"

    @property
    def tag(self) -> str:
        """For the attribute ``lang`` (BCP 47)."""
        return "zh-Hans" if self is Language.CHINESE else self.value


@asked_once
def language_of(conn: HTTPConnection) -> Language:
    """The language for whoever asks: by ``?lang=``, the operator's, or the browser's."""
    setting: Language | None = conn.scope.get("language")
    return asked_language(conn) or setting or _accepted_language(conn)


def language_of_answer(conn: HTTPConnection) -> Language:
    """The language of what the API says: by ``?lang=``, or the one that the client accepts.

    The page accepts its own, which its reader may have chosen against the operator's.
    """
    return asked_language(conn) or _accepted_language(conn)


def _accepted_language(conn: HTTPConnection) -> Language:
    weights = accepted(conn.headers.get("accept-language", ""))
    for name in sorted(weights, key=lambda name: -weights[name]):
        if weights[name] > 0 and (found := _named(name)):
            return found
    return Language.ENGLISH


def asked_language(conn: HTTPConnection) -> Language | None:
    """The language that the address asks for."""
    return _named(conn.query_params.get("lang", ""))


def _named(tag: str) -> Language | None:
    """The language of a tag such as ``zh-CN``."""
    primary = tag.partition("-")[0].lower()
    return next((language for language in Language if language == primary), None)


class LanguageMiddleware:
    """Tells every request the operator's `language`, None where it is the browser's."""

    def __init__(self, app: ASGIApp, language: Language | None) -> None:
        self._app = app
        self._language = language

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on."""
        scope["language"] = self._language
        await self._app(scope, receive, send)

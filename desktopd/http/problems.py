"""Errors as responses: JSON ``{"error", "remedy"}``, or a page for a browser.

test_app tests them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape

from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, JSONResponse, Response

from desktopd.http.language import language_of, language_of_answer
from desktopd.http.markup import document
from desktopd.http.translations import translated

_REMEDIES = {
    404: "check the address; the desktop is at the top of this site",
    405: "use one of the methods in the Allow header",
}
_NOTE = "desktopd.refusals"


class Problem(HTTPException):
    """An error with its HTTP status, what is wrong, and what to do about it."""

    def __init__(
        self, status: int, error: str, remedy: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(status, error, headers)
        self.remedy = remedy

    @property
    def refuses(self) -> bool:
        """Whether it says that somebody may not, and not that something cannot be."""
        return self.status_code in (401, 403, 421, 429)

    @classmethod
    def of(cls, error: HTTPException) -> Problem:
        """What Starlette raised, with a remedy."""
        if isinstance(error, Problem):
            return error
        remedy = _REMEDIES.get(error.status_code, "correct the request")
        return cls(error.status_code, error.detail.lower(), remedy, error.headers)

    def json(self, conn: HTTPConnection) -> dict[str, str]:
        """The body of the JSON form, in the language that the client accepts."""
        return told(self.detail, self.remedy, conn)


class Refusal(Problem):
    """Somebody may not, whatever the status says."""

    @property
    def refuses(self) -> bool:
        """Always."""
        return True


class WrongToken(Problem):
    """A token was given, and it is not one of ours."""


class Outdated(WrongToken):
    """It was one of ours, and opens nothing any more."""


def told(error: str, remedy: str, conn: HTTPConnection) -> dict[str, str]:
    """What is wrong and what to do about it, in the language that the client accepts."""
    language = language_of_answer(conn)
    return {"error": translated(error, language), "remedy": translated(remedy, language)}


def wants_html(conn: HTTPConnection) -> bool:
    """Whether a person will read the response."""
    return conn.scope["type"] == "http" and "text/html" in conn.headers.get("accept", "")


def note_refusals_by(conn: HTTPConnection, note: Callable[[HTTPConnection, Problem], None]) -> None:
    """Have `note` told what the connection is refused from now on."""
    conn.scope[_NOTE] = note


def note_refusal(conn: HTTPConnection, problem: Problem) -> None:
    """Tell of a problem that refuses, where `problem_response` does not answer by it."""
    if problem.refuses and (note := conn.scope.get(_NOTE)):
        note(conn, problem)


def problem_response(conn: HTTPConnection, problem: Problem) -> Response:
    """The response for a problem, in the form and the language asked for; refusals are noted."""
    note_refusal(conn, problem)
    if not wants_html(conn):
        return JSONResponse(problem.json(conn), problem.status_code, problem.headers)
    language = language_of(conn)
    error, remedy = (translated(text, language) for text in (problem.detail, problem.remedy))
    text = f"<h1>{escape(error)}</h1><p>{escape(remedy)}</p>"
    page = document(error, text, language)
    return HTMLResponse(page, problem.status_code, problem.headers)

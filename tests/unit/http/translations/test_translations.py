"""Every sentence that the server says to a page's reader is there in every language."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from desktopd.http.language import Language
from desktopd.http.translations import TRANSLATIONS, template, translated
from tests.daemon import ROOT

PACKAGE = ROOT / "desktopd"
HTTP = PACKAGE / "http"
# What the page asks for, and so what its reader may be told.
API = (
    *("application", "body", "clipboard", "file_access", "file_routes", "incoming", "links"),
    *(
        "logout",
        "offered_downloads",
        "outgoing",
        "people",
        "people_frames",
        "screenshot",
        "windows",
    ),
)
SOURCES = [
    *HTTP.glob("access/*.py"),
    *(HTTP / name for name in ("app.py", "pages.py", "problems.py")),
    *(HTTP / "api" / f"{name}.py" for name in API),
    *PACKAGE.glob("files/*.py"),
    *(PACKAGE / "applications" / name for name in ("application.py", "opening.py")),
    PACKAGE / "data_policy.py",
    *(PACKAGE / "rfb" / "viewers" / name for name in ("control.py", "people.py")),
    *(PACKAGE / "session" / name for name in ("gpu.py", "process.py", "runner.py")),
    PACKAGE / "applications" / "application_end.py",
    *PACKAGE.glob("integrations/napari/session/*.py"),
]
SAYING = {
    *(
        "Problem",
        "Refusal",
        "WrongToken",
        "ControlRefused",
        "ControlImpossible",
        "NotAllowed",
        "NotSaved",
        "NotThere",
        "CannotOpen",
        "Occupied",
    ),
    *("IsProgram", "BadPath", "Forbidden", "Missing", "Conflict", "TooLarge", "NoSpace"),
    *("WrongChecksum", "DiskError", "LaunchError", "NotRestored", "_software", "GlError"),
}
NAMED = re.compile("_?remedy|_REMEDY|_NO_COOKIE|_ASK_FIRST|error|ELSEWHERE|NOT_INTO|NOT_OUT")
# Answers to what the page never sends.
TO_PROGRAMS = re.compile(
    r'send \{"|send (nothing, or|the number|another value|JSON)|GET api/|see errors in GET'
    r"|accept \{\}|say fail|(if_exists|known)=\{\}|the clipboard has no such type"
    r"|there is no such wish|use one of|the request is not (understood|a JSON object)"
)


def sentences(tree: ast.AST) -> Iterator[str]:
    """What errors say, and errors and remedies with a name; what differs each time is ``{}``."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(name), args=said) if name in SAYING:
                yield from filter(None, map(text, said))
            case ast.Assign(targets=[ast.Name(name)], value=value) if NAMED.fullmatch(name):
                yield from filter(None, [text(value)])
            case ast.Assign(targets=[ast.Name("_REMEDIES")], value=ast.Dict(values=values)):
                yield from filter(None, map(text, values))


def text(node: ast.expr) -> str | None:
    match node:
        case ast.Constant(str(said)):
            return said
        case ast.JoinedStr(values=parts):
            said = (str(p.value) if isinstance(p, ast.Constant) else "{}" for p in parts)
            return re.sub(r"\w*\{\}\w*", "{}", "".join(said))
    return None


def test_no_sentence_lacks() -> None:
    found = {said for path in SOURCES for said in sentences(ast.parse(path.read_text("utf-8")))}
    assert len(found) > 100
    lacking = [said for said in found - TRANSLATIONS.keys() if not TO_PROGRAMS.match(said)]
    # Words of the system stay as they are.
    assert sorted(lacking) == ["{}: {}", "{}: {}{}"]


def test_no_translation_is_of_something_that_nobody_says() -> None:
    code = " ".join(
        path.read_text("utf-8")
        for path in PACKAGE.rglob("*.py")
        if "translations" not in path.parts
    )
    # A sentence may be broken into several strings, or begin with a capital on its way.
    joined = re.sub(r'"\s*f?"', "", code)
    of_two_parts = "what a program copied can be pasted on the desktop only: {}"
    for english in TRANSLATIONS.keys() - {"not found", "method not allowed", of_two_parts}:
        assert all(part.strip() in joined for part in re.split(r"\{\}", english)), english


@pytest.mark.parametrize("english", TRANSLATIONS)
def test_a_translation_tells_what_differs(english: str) -> None:
    translation = TRANSLATIONS[english]
    for words in translation:
        assert words.count("{}") == english.count("{}")
        assert words.strip() == words != ""
    assert re.search("[\u4e00-\u9fff]", translation.chinese)
    assert translated(english, Language.ENGLISH) == english
    assert template(english.replace("{}", "7")) == english


def test_what_differs_is_put_in() -> None:
    said = "wait 30 seconds, then use the address that desktopd prints"
    assert translated(said, Language.GERMAN).startswith("Warten Sie 30 Sekunden, ")
    assert translated(said, Language.CHINESE).startswith("请等待 30 秒")


@pytest.mark.parametrize("between", [": ", " (", " of ", " cannot write to ", " after ", "… "])
def test_a_long_sentence_takes_no_longer_than_its_length(between: str) -> None:
    """Not by its square: a watcher's path of 60 KB in an error had everybody wait for seconds."""
    said = "a" + f"{between}a" * 1_000_000
    assert translated(said, Language.GERMAN) == said
    assert template(said) is None


def test_what_nobody_has_translated_stays() -> None:
    assert (
        translated("no such file: zebra {} .tif", Language.GERMAN) == "no such file: zebra {} .tif"
    )

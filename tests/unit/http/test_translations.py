"""Every sentence of a page that the server makes is there in every language."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from desktopd.http.language import Language
from desktopd.http.translations import TRANSLATIONS, translated
from tests.daemon import ROOT

HTTP = ROOT / "desktopd" / "http"
SOURCES = [*HTTP.glob("access/*.py"), HTTP / "app.py", HTTP / "pages.py", HTTP / "problems.py"]


def sentences(tree: ast.AST) -> Iterator[str]:
    """What is said by Problems and by remedies with a name; what differs each time is ``{}``."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name("Problem" | "WrongToken"), args=[_, *said]):
                yield from filter(None, map(text, said[:2]))
            case ast.Assign(targets=[ast.Name("remedy" | "_REMEDY" | "_NO_COOKIE")], value=value):
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
    assert len(found) > 30
    assert sorted(found - TRANSLATIONS.keys()) == []


def test_no_translation_is_of_something_that_nobody_says() -> None:
    code = " ".join(p.read_text("utf-8") for p in [*SOURCES, HTTP / "markup.py"])
    # A sentence may be broken into several strings, or begin with a capital on its way.
    joined = re.sub(r'"\s*f?"', "", code)
    for english in TRANSLATIONS.keys() - {"not found", "method not allowed"}:
        assert all(part in joined for part in re.split(r"\{\}", english)), english


@pytest.mark.parametrize("english", TRANSLATIONS)
def test_a_translation_tells_what_differs(english: str) -> None:
    translation = TRANSLATIONS[english]
    for words in translation:
        assert words.count("{}") == english.count("{}")
        assert words.strip() == words != ""
    assert re.search("[\u4e00-\u9fff]", translation.chinese)
    assert translated(english, Language.ENGLISH) == english


def test_what_differs_is_put_in() -> None:
    said = "wait 30 seconds, then use the address that desktopd prints"
    assert translated(said, Language.GERMAN).startswith("Warten Sie 30 Sekunden, ")
    assert translated(said, Language.CHINESE).startswith("请等待 30 秒")


def test_what_nobody_has_translated_stays() -> None:
    assert (
        translated("no such file: zebra {} .tif", Language.GERMAN) == "no such file: zebra {} .tif"
    )

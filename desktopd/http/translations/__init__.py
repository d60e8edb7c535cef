"""The sentences that a reader of a page may meet, in the languages that there are.

They are found by the English sentence, as the code says it; what only programs are told stays
English, and so does the log. Tested by tests/unit/http/translations.
"""

from __future__ import annotations

from functools import lru_cache

from desktopd.http.language import Language
from desktopd.http.translations.desktop import DESKTOP
from desktopd.http.translations.files import FILES
from desktopd.http.translations.machine import MACHINE
from desktopd.http.translations.pages import PAGES

TRANSLATIONS = {**PAGES, **FILES, **DESKTOP, **MACHINE}
"""Each sentence in English, as the code says it, and its translations."""

_FILLED = [(one, one.split("{}")) for one in TRANSLATIONS if "{}" in one]
"""Those in which something differs, with what stands before, between and behind that."""


@lru_cache(maxsize=256)  # a session is told anew at each of its changes
def translated(sentence: str, language: Language) -> str:
    """The sentence in a language; itself where it is English or nobody has translated it."""
    english = None if language is Language.ENGLISH else template(sentence)
    if english is None:
        return sentence
    translation = TRANSLATIONS[english]
    words = translation.german if language is Language.GERMAN else translation.chinese
    return words.format(*_filled_in(english, sentence) or ())


def template(sentence: str) -> str | None:
    """The sentence with ``{}`` for what differs each time; None where nobody has translated it."""
    if sentence in TRANSLATIONS:
        return sentence
    for one, (begin, *_, end) in _FILLED:
        # Of nearly all this is enough to see that they are others.
        alike = sentence.startswith(begin) and sentence.endswith(end)
        if alike and _filled_in(one, sentence) is not None:
            return one
    return None


def _filled_in(english: str, sentence: str) -> list[str] | None:
    """What stands for each ``{}`` in a sentence of ours; None where it is another one.

    It is found from the end and in one go: a client chooses some of these words, and an expression
    that tries every way to tell them apart takes seconds for 30 KB.
    """
    begin, *others = english.split("{}")
    if not others:
        return [] if sentence == english else None
    *between, end = others
    if not sentence.startswith(begin) or not sentence.endswith(end):
        return None
    left = sentence.removeprefix(begin).removesuffix(end)
    found: list[str] = []
    for text in reversed(between):
        left, _, word = left.rpartition(text)
        found.insert(0, word)
    found.insert(0, left)
    return found if all(found) else None


def each_translated(sentences: str, language: Language, between: str = "; ") -> str:
    """Several sentences with something `between` them, each as `translated`."""
    return between.join(translated(one, language) for one in sentences.split(between))


def in_one_line(error: str, remedy: str, language: Language) -> str:
    """An error and its remedy, translated, with a capital at their beginning."""
    error, remedy = translated(error, language), translated(remedy, language)
    between = "：" if language is Language.CHINESE else ": "
    return error[:1].upper() + error[1:] + between + remedy

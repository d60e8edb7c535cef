"""The sentences that a reader of a page may meet, in the languages that there are.

They are found by the English sentence, as the code says it; what only programs are told stays
English, and so does the log. Tested by tests/unit/http/translations.
"""

from __future__ import annotations

import re
from functools import lru_cache

from desktopd.http.language import Language
from desktopd.http.translations.desktop import DESKTOP
from desktopd.http.translations.files import FILES
from desktopd.http.translations.machine import MACHINE
from desktopd.http.translations.pages import PAGES

TRANSLATIONS = {**PAGES, **FILES, **DESKTOP, **MACHINE}
"""Each sentence in English, as the code says it, and its translations."""


@lru_cache(maxsize=256)  # a session is told anew at each of its changes
def translated(sentence: str, language: Language) -> str:
    """The sentence in a language; itself where it is English or nobody has translated it."""
    if language is Language.ENGLISH:
        return sentence
    for english, translation in TRANSLATIONS.items():
        pattern = re.escape(english).replace(re.escape("{}"), "(.+)")
        if match := re.fullmatch(pattern, sentence, re.DOTALL):
            words = translation.german if language is Language.GERMAN else translation.chinese
            return words.format(*match.groups())
    return sentence


def each_translated(sentences: str, language: Language, between: str = "; ") -> str:
    """Several sentences with something `between` them, each as `translated`."""
    return between.join(translated(one, language) for one in sentences.split(between))


def in_one_line(error: str, remedy: str, language: Language) -> str:
    """An error and its remedy, translated, with a capital at their beginning."""
    error, remedy = translated(error, language), translated(remedy, language)
    between = "：" if language is Language.CHINESE else ": "
    return error[:1].upper() + error[1:] + between + remedy

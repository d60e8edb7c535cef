"""Texts of settings, which we write into files, messages and JSON, and give to programs.

Tested by tests/unit/config/test_texts.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import SecretStr

from desktopd.config.errors import ConfigError
from desktopd.config.settings import NAMES, SECRETS, Settings

_SHOWN = ("unix_socket",)
"""Paths that are printed, and told in JSON; others may be any bytes."""


def check_texts(settings: Settings) -> None:
    """Raise ConfigError for a setting that is no text: bytes that are no UTF-8, or a zero."""
    for name in NAMES:
        for text in _texts(name, getattr(settings, name)):
            check_text(name, text)


def check_text(name: str, text: str) -> None:
    """Raise ConfigError where `text`, of the setting `name`, is none."""
    shown = "'…'" if name in SECRETS else repr(text)
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ConfigError(
            f"{name}={shown}: character {error.start + 1} is no UTF-8; write it in UTF-8, "
            "or name a script or a link whose path is plain"
        ) from None
    if "\0" in text:
        raise ConfigError(f"{name}={shown}: has a zero byte, which no program takes; leave it out")


def _texts(name: str, value: object) -> Iterator[str]:
    if isinstance(value, SecretStr):
        yield value.get_secret_value()
    elif isinstance(value, tuple):
        yield from map(str, value)
    elif isinstance(value, str) or (isinstance(value, Path) and name in _SHOWN):
        yield str(value)

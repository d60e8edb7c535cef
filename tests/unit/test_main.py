"""The exit status that goes with an error, and whether a supervisor tries again."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from desktopd import __main__ as main
from desktopd import config
from desktopd.config import ConfigError
from desktopd.doors import own_certificate
from desktopd.http.serving.listening_sockets import bind_tcp, bind_unix
from desktopd.session.folder import claim, in_the_way
from desktopd.threads import NoThreads
from tests.few_descriptors import few_descriptors


@pytest.fixture
def ended(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """One for each time that the supervisor was ended."""
    found: list[bool] = []
    monkeypatch.setattr(main, "end_supervisor", lambda: found.append(True))
    return found


def without_threads(_: Path) -> None:
    try:
        raise NoThreads
    except OSError as error:
        raise in_the_way(error) from None


def without_memory(_: Path) -> None:
    try:
        raise MemoryError
    except MemoryError:
        raise ConfigError("it cannot be read; correct it") from None


def certificate(folder: Path) -> None:
    own_certificate(config.Settings(tls="self-signed"), folder)


TAKING = {
    "threads": (without_threads, "no thread can be begun"),
    "memory": (without_memory, "MemoryError()"),
    "folder": (claim, "Too many open files"),
    "port": (lambda _: bind_tcp("127.0.0.1", 0), "Too many open files"),
    "socket": (lambda folder: bind_unix(folder / "socket"), "Too many open files"),
    "certificate": (certificate, "Too many open files"),
    "settings": (
        lambda folder: config.load(["--config", str(folder / "settings")]),
        "Too many open files",
    ),
}


@pytest.mark.parametrize("name", TAKING)
def test_what_the_system_lacks_at_a_start_is_named_and_tried_again(
    folder: Path, ended: list[bool], caplog: pytest.LogCaptureFixture, name: str
) -> None:
    taking: Callable[[Path], object]
    taking, lack = TAKING[name]
    (folder / "settings").write_text("")

    def act() -> None:
        taking(folder)

    caplog.set_level(logging.ERROR)
    with ExitStack() as taken, few_descriptors(256):
        while True:
            try:
                taken.callback(os.close, os.dup(0))
            except OSError:
                break
        status = main._status(act)
    assert status == 1
    assert lack in caplog.text
    assert "remove it" not in caplog.text
    assert "choose another" not in caplog.text
    assert ended == []


def test_what_stays_as_it_is_ends_the_supervisor(folder: Path, ended: list[bool]) -> None:
    assert main._status(lambda: bind_unix(folder / "none" / "socket") and None) == 1
    assert main._status(lambda: config.load(["--config", str(folder / "none")]) and None) == 2
    assert ended == [True, True]


def test_a_mistake_of_ours_is_told_as_it_is(ended: list[bool]) -> None:
    with pytest.raises(ZeroDivisionError):
        main._status(lambda: 1 // 0)
    assert ended == []

"""Targets by websockify's own token plugins."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from textwrap import dedent

import pytest

from desktopd.rfb.relay.targets import Targets
from desktopd.rfb.relay.upstream import Target, TcpTarget, UnixTarget

# websockify leaves the closing of its token files to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")

TRICKS = ["", "a\0b", "../secret", "/etc/passwd", "..", "a/../../b", "*", "é\n", "x" * 100_000]


@contextmanager
def listening(path: Path) -> Iterator[None]:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        yield


def token_file(folder: Path, text: str) -> str:
    path = folder / "tokens"
    path.write_text(dedent(text))
    return str(path)


@pytest.mark.parametrize(
    ("line", "target"),
    [
        ("127.0.0.1:5901", TcpTarget("127.0.0.1", 5901)),
        ("vnc.example.org:5900", TcpTarget("vnc.example.org", 5900)),
        ("[::1]:5902", TcpTarget("::1", 5902)),
        ("unix_socket:/run/vnc/alice.sock", UnixTarget(Path("/run/vnc/alice.sock"))),
    ],
)
async def test_a_token_file_names_targets(folder: Path, line: str, target: Target) -> None:
    targets = Targets("ReadOnlyTokenFile", token_file(folder, f"# all\nalice: {line}\n"))
    assert await targets.resolve("alice") == target
    assert await targets.resolve("bob") is None
    assert str(target) == line.removeprefix("unix_socket:")


@pytest.mark.parametrize("line", ["127.0.0.1", ":5900", "host:", "host:0", "host:65536", "host:x"])
async def test_a_line_that_is_no_target_is_logged(
    folder: Path, line: str, caplog: pytest.LogCaptureFixture
) -> None:
    targets = Targets("ReadOnlyTokenFile", token_file(folder, f"alice: {line}\n"))
    assert await targets.resolve("alice") is None
    assert "expected HOST:PORT or unix_socket:PATH" in caplog.text


@pytest.mark.parametrize("plugin", ["ReadOnlyTokenFile", "TokenFile", "TokenFileName"])
async def test_tricks_find_nothing(folder: Path, plugin: str) -> None:
    (folder / "secret").write_text("127.0.0.1:5901")
    source = folder / "source"
    source.mkdir()
    (source / "file").write_text("alice: 127.0.0.1:5901\n")
    targets = Targets(plugin, str(source))
    for name in TRICKS:
        assert await targets.resolve(name) is None


async def test_a_token_file_is_read_again_where_the_plugin_does(folder: Path) -> None:
    source = token_file(folder, "alice: 127.0.0.1:5901\n")
    once, again = Targets("ReadOnlyTokenFile", source), Targets("TokenFile", source)
    token_file(folder, "bob: 127.0.0.1:5902\n")
    assert await once.resolve("bob") is None
    assert await again.resolve("bob") == TcpTarget("127.0.0.1", 5902)
    assert await again.resolve("alice") is None


async def test_a_folder_of_files_names_targets(folder: Path) -> None:
    (folder / "alice").write_text("127.0.0.1:5901\n")
    targets = Targets("TokenFileName", str(folder))
    assert await targets.resolve("alice") == TcpTarget("127.0.0.1", 5901)


async def test_a_folder_of_sockets_names_targets_and_none_beside_it(folder: Path) -> None:
    inside, beside = folder / "vnc", folder / "vnc-private"
    inside.mkdir()
    beside.mkdir()
    targets = Targets("UnixDomainSocketDirectory", str(inside))
    with listening(inside / "alice"), listening(beside / "bob"):
        assert await targets.resolve("alice") == UnixTarget(inside / "alice")
        assert await targets.resolve("../vnc-private/bob") is None
        assert await targets.resolve(str(beside / "bob")) is None


PLUGINS = """
import sys
import threading
import time

class Everything:
    end = threading.Event()
    inside = overlaps = 0

    def __init__(self, source):
        self.source = source

    def lookup(self, token):
        self.overlaps += self.inside
        self.inside += 1
        try:
            time.sleep(0.01)
            return self.answer(token)
        finally:
            self.inside -= 1

    def answer(self, token):
        if token == "hang":
            self.end.wait(60)
        if token == "exit":
            sys.exit(3)
        if token == "raise":
            raise RuntimeError("http://tokens.example.org/?token=" + token)
        if token == "bytes":
            return ["127.0.0.1", b"5901"]
        if token == "number":
            return ("127.0.0.1", 5901)
        return 5901 if token == "odd" else None

class Refuses:
    def __init__(self, source):
        sys.exit()

    lookup = None
"""


@pytest.fixture
def plugins(folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a module with token plugins."""
    name = "plugins_" + folder.name.replace("-", "_")
    (folder / f"{name}.py").write_text(PLUGINS)
    monkeypatch.syspath_prepend(folder)
    return name


async def test_a_plugin_may_be_anywhere(plugins: str) -> None:
    targets = Targets(f"{plugins}.Everything", "anything")
    assert await targets.resolve("bytes") == TcpTarget("127.0.0.1", 5901)
    assert await targets.resolve("number") == TcpTarget("127.0.0.1", 5901)


async def test_lookups_do_not_overlap(plugins: str) -> None:
    targets = Targets(f"{plugins}.Everything", "anything")
    found = await asyncio.gather(*(targets.resolve("number") for _ in range(5)))
    assert found == [TcpTarget("127.0.0.1", 5901)] * 5
    assert targets._plugin.overlaps == 0


async def test_those_who_only_watch_have_others_wait_for_one_of_them(plugins: str) -> None:
    targets = Targets(f"{plugins}.Everything", "anything")
    served: list[str] = []

    async def ask(who: str, *, watching: bool) -> None:
        assert await targets.server("number", watching=watching)
        served.append(who)

    async with asyncio.TaskGroup() as group:
        for number in range(5):
            group.create_task(ask(f"watcher {number}", watching=True))
        await asyncio.sleep(0)
        group.create_task(ask("owner", watching=False))
    assert served.index("owner") == 1
    assert len(served) == 6


@pytest.mark.parametrize(("name", "error"), [("exit", "SystemExit"), ("raise", "RuntimeError")])
async def test_a_lookup_that_fails_finds_nothing_and_keeps_the_token_out_of_the_log(
    plugins: str, name: str, error: str, caplog: pytest.LogCaptureFixture
) -> None:
    targets = Targets(f"{plugins}.Everything", "anything")
    assert await targets.resolve(name) is None
    assert f"Everything: lookup ended with {error}" in caplog.text
    assert "example.org" not in caplog.text


async def test_an_answer_of_another_kind_finds_nothing(
    plugins: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert await Targets(f"{plugins}.Everything", "anything").resolve("odd") is None
    assert "5901 is no target" in caplog.text


async def test_a_lookup_that_hangs_is_given_up_and_holds_up_no_other(
    plugins: str, caplog: pytest.LogCaptureFixture
) -> None:
    targets = Targets(f"{plugins}.Everything", "anything")
    try:
        assert await targets.resolve("hang", 0.05) is None
        assert "no answer within 0.05 s" in caplog.text
        assert await targets.resolve("number") == TcpTarget("127.0.0.1", 5901)
    finally:
        targets._plugin.end.set()


@pytest.mark.parametrize(
    "name",
    [
        "NoSuchPlugin",
        "no.such.module.Plugin",
        "logging",
        "os.path.join",
        "json.JSONDecoder",
        "",
        ".",
    ],
)
def test_an_unknown_plugin_is_named_at_once(name: str) -> None:
    with pytest.raises(ValueError, match=r"token_plugins, e\.g\. ReadOnlyTokenFile") as error:
        Targets(name, "anything")
    assert repr(name) in str(error.value)


@pytest.mark.parametrize(
    "plugin",
    [
        *("ReadOnlyTokenFile", "TokenFile", "TokenFileName"),
        *("JWTTokenApi", "UnixDomainSocketDirectory"),
    ],
)
def test_a_source_that_cannot_be_read_is_named_at_once(plugin: str, folder: Path) -> None:
    source = str(folder / "missing")
    with pytest.raises(ValueError, match="No such file or directory") as error:
        Targets(plugin, source)
    assert source in str(error.value)
    assert plugin in str(error.value)


@pytest.mark.parametrize("plugin", ["ReadOnlyTokenFile", "TokenFile", "JWTTokenApi"])
def test_nobody_is_waited_for_who_never_writes_a_source(
    plugin: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktopd.rfb.relay.targets.MADE_WITHIN", 0.2)
    os.mkfifo(folder / "pipe")
    with pytest.raises(ValueError, match=r"cannot be read: nothing comes"):
        Targets(plugin, str(folder / "pipe"))
    # Who waits for it beside us has his thread end.
    with suppress(OSError):
        os.close(os.open(folder / "pipe", os.O_WRONLY | os.O_NONBLOCK))


def test_a_source_that_is_no_text_is_refused_at_once(folder: Path) -> None:
    (folder / "tokens").write_bytes(b"\xff\xfe")
    with pytest.raises(ValueError, match="ReadOnlyTokenFile refuses its source: UnicodeDecode"):
        Targets("ReadOnlyTokenFile", str(folder / "tokens"))


@pytest.mark.parametrize("plugin", ["TokenRedis", "Refuses"])
def test_a_plugin_that_exits_does_not_end_the_program(plugin: str, plugins: str) -> None:
    name = plugin if plugin == "TokenRedis" else f"{plugins}.{plugin}"
    with pytest.raises(ValueError, match=f"{plugin} refuses its source"):
        Targets(name, "host:no-port")


def test_websockify_does_not_log_tokens_on_the_way(folder: Path) -> None:
    Targets("ReadOnlyTokenFile", token_file(folder, ""))
    assert not logging.getLogger("websockify.token_plugins").isEnabledFor(logging.INFO)

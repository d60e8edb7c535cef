"""The daemon's end of the companion's socket, with real processes at the other."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from desktopd.applications.companion import MOST_ASKED, CompanionClient, connect
from desktopd.applications.errors import CompanionAway, CompanionRefusal, CompanionSlow
from desktopd.applications.lines import LONG, LONGEST_TEXT, MOST_PARTS, messages, parsed
from tests.unit.applications import companion_process
from tests.unit.applications.companion_process import state

Start = Callable[[], "subprocess.Popen[bytes]"]


@pytest.fixture
def start(folder: Path) -> Iterator[Start]:
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        command = [sys.executable, companion_process.__file__, str(folder / "app.sock")]
        started.append(subprocess.Popen(command))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


@pytest.fixture
async def companion(folder: Path) -> AsyncIterator[CompanionClient]:
    companion = CompanionClient(folder / "app.sock")
    running = asyncio.create_task(companion.run())
    yield companion
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def changed(companion: CompanionClient, wanted: Callable[[], bool]) -> None:
    """Wait for a change after which `wanted` is true."""
    happened = asyncio.Event()
    remove = companion.on_change(happened.set)
    async with asyncio.timeout(20):
        while not wanted():
            await happened.wait()
            happened.clear()
    remove()


async def test_what_the_companion_tells_is_known(companion: CompanionClient, start: Start) -> None:
    process = start()
    await changed(companion, lambda: bool(companion.state and companion.state.layers))
    known = companion.state
    assert known is not None
    assert known.pid == process.pid
    assert known.ready
    assert "save" in known.methods
    assert known.facts["renderer"] == "llvmpipe"
    (layer,) = known.layers
    assert (layer.name, layer.shape, layer.active) == ("cells", (3, 256, 256), True)


async def test_requests_are_answered_each_with_its_own(
    companion: CompanionClient, start: Start
) -> None:
    start()
    answers = await asyncio.gather(
        *(companion.ask("echo", {"number": number}, 20) for number in range(50))
    )
    assert answers == [{"number": number} for number in range(50)]


async def test_a_request_waits_for_a_companion_that_starts(
    companion: CompanionClient, start: Start
) -> None:
    asking = asyncio.create_task(companion.ask("echo", {"a": 1}, 20))
    await asyncio.sleep(0)
    start()
    assert await asking == {"a": 1}


async def test_a_refusal_has_its_kind_and_words(companion: CompanionClient, start: Start) -> None:
    start()
    with pytest.raises(CompanionRefusal, match="cannot be read") as refused:
        await companion.ask("refuse", {}, 20)
    assert refused.value.kind == "reader"


async def test_no_companion_and_a_slow_one_are_told_apart(
    companion: CompanionClient, start: Start
) -> None:
    with pytest.raises(CompanionAway):
        await companion.ask("echo", {}, 0.05)
    start()
    await companion.ask("echo", {}, 20)
    with pytest.raises(CompanionSlow):
        await companion.ask("wait", {}, 0.05)
    assert await companion.ask("echo", {"still": "there"}, 20) == {"still": "there"}


async def test_questions_that_are_given_up_wait_here(
    companion: CompanionClient, start: Start
) -> None:
    process = start()
    await companion.ask("echo", {}, 20)
    for _ in range(MOST_ASKED):
        with pytest.raises(CompanionSlow):
            await companion.ask("wait", {}, 0.001)
    with pytest.raises(CompanionSlow):
        await companion.ask("become", {"event": "layers", "data": []}, 0.05)
    assert companion.state is not None
    assert companion.state.layers, "it was asked although it was at work on others"
    process.kill()
    await changed(companion, lambda: companion.state is None)
    start()
    assert await companion.ask("echo", {"a": 5}, 20) == {"a": 5}


async def test_the_death_of_the_application_ends_what_was_asked(
    companion: CompanionClient, start: Start
) -> None:
    process = start()
    await companion.ask("echo", {}, 20)
    asking = asyncio.create_task(companion.ask("wait", {}, 20))
    await asyncio.sleep(0.05)
    process.kill()
    with pytest.raises(CompanionAway):
        await asking
    assert companion.state is None


async def test_the_next_application_is_found(companion: CompanionClient, start: Start) -> None:
    first = start()
    await companion.ask("echo", {}, 20)
    first.kill()
    first.wait()
    second = start()
    await changed(companion, lambda: bool(companion.state and companion.state.pid == second.pid))
    assert await companion.ask("echo", {"a": 2}, 20) == {"a": 2}


async def test_events_become_the_state(companion: CompanionClient, start: Start) -> None:
    start()
    moved = {**companion_process.LAYER, "visible": False}
    await companion.ask("become", {"event": "layers", "data": [moved]}, 20)
    assert companion.state is not None
    assert not companion.state.layers[0].visible
    await companion.ask("become", {"event": "state", "data": state(ready=False)}, 20)
    assert not companion.state.ready
    assert companion.state.layers, "the layers stay when the state changes"
    with pytest.raises(CompanionAway):
        await companion.ask("echo", {}, 0.05)


async def test_an_event_that_is_not_understood_is_no_end(
    companion: CompanionClient, start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    start()
    await companion.ask("echo", {}, 20)
    asking = companion.ask("become", {"event": "layers", "data": [{"name": 1}]}, 20)
    with pytest.raises(CompanionAway):
        await asking
    assert "is not understood" in caplog.text
    assert await companion.ask("echo", {"a": 3}, 20) == {"a": 3}


async def test_a_line_that_is_too_long_is_no_end(
    companion: CompanionClient,
    start: Start,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr("desktopd.applications.lines.LONGEST_LINE", 4096)
    start()
    await companion.ask("echo", {}, 20)
    with pytest.raises(CompanionAway):
        await companion.ask("echo", {"picture": "x" * 20_000}, 20)
    assert "is not understood" in caplog.text
    assert await companion.ask("echo", {"a": 4}, 20) == {"a": 4}


async def test_numbers_that_json_has_not_are_none(companion: CompanionClient, start: Start) -> None:
    start()
    told = {"scale": [float("inf"), 1.0, float("nan")]}
    assert await companion.ask("echo", told, 20) == {"scale": [None, 1.0, None]}


async def test_another_version_is_not_spoken_to(
    companion: CompanionClient, start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    start()
    await companion.ask("echo", {}, 20)
    with pytest.raises(CompanionAway):
        await companion.ask("become", {"event": "state", "data": state(version=99)}, 20)
    assert "version 99" in caplog.text


async def test_answers_of_any_length_arrive(companion: CompanionClient, start: Start) -> None:
    start()
    words = "x" * 1_000_000
    assert await companion.ask("echo", {"words": words}, 20) == {"words": words}


async def test_what_is_kept_is_asked_of_the_next_process_too(
    companion: CompanionClient, start: Start
) -> None:
    process = start()
    await companion.ask("echo", {}, 20)
    told = {"event": "state", "data": state(renderer="as it was set")}
    companion.keep("become", told)
    assert companion.state is not None
    assert companion.state.facts["renderer"] == "llvmpipe"
    process.kill()
    start()

    def is_set() -> bool:
        return companion.state is not None and companion.state.facts["renderer"] == "as it was set"

    await changed(companion, is_set)


async def test_it_is_known_whether_what_is_shown_is_a_draft(
    companion: CompanionClient, start: Start
) -> None:
    process = start()
    assert not companion.is_draft
    told: list[bool] = []
    companion.on_draft(lambda: told.append(companion.is_draft))
    for is_draft in (True, False, True):
        await companion.ask("become", {"event": "draft", "data": is_draft}, 20)
        assert companion.is_draft is is_draft
    assert told == [True, False, True]
    process.kill()
    await changed(companion, lambda: companion.state is None)
    assert not companion.is_draft


async def test_a_link_in_the_place_of_its_socket_leads_to_nobody(
    companion: CompanionClient, start: Start, folder: Path
) -> None:
    start()
    await changed(companion, lambda: companion.state is not None)
    (folder / "link").symlink_to(folder / "app.sock")
    with pytest.raises(ConnectionRefusedError):
        await connect(folder / "link")
    _, writer = await connect(folder / "app.sock")
    writer.close()


async def test_a_word_that_is_none_ends_the_connection_and_nothing_else(
    companion: CompanionClient, start: Start
) -> None:
    start()
    await changed(companion, lambda: companion.state is not None)
    with pytest.raises(CompanionAway):
        await companion.ask("become", {"event": "state", "data": state(restored=5)}, 20)
    await changed(companion, lambda: companion.state is not None)
    assert companion.state is not None
    assert companion.state.facts["restored"] is None


def test_a_message_is_what_can_be_told() -> None:
    assert parsed(b'{"a": [NaN, "\\ud800", "\\u00e9"]}') == {"a": [None, "\ufffd", "\u00e9"]}
    picture = b'{"result": "' + b"A" * (4 * MOST_PARTS) + b'"}'
    assert len(parsed(picture)["result"]) == 4 * MOST_PARTS
    with pytest.raises(ValueError, match="parts"):
        parsed(b"[" + b"[]," * MOST_PARTS + b"0]")


@pytest.mark.parametrize("more", ["\U0001f600", "\u00e9", "\\ud83d\\ude00"])
def test_a_line_as_long_as_a_picture_is_plain(more: str) -> None:
    """Four bytes a character, by one of them, were 680 MB and 5 s of the loop."""
    line = f'{{"event":"x","data":"{more}{"a" * LONGEST_TEXT}"}}'.encode()
    with pytest.raises(ValueError, match="plain ASCII"):
        parsed(line)


@pytest.mark.parametrize("text", [b"\xed\xa0\xbd", b"\xff", b"\xc0\x80"])
def test_what_is_no_utf8_is_no_message(text: bytes) -> None:
    with pytest.raises(ValueError, match="utf-8"):
        parsed(b'{"event":"' + text + b'"}')


async def test_lines_come_in_any_pieces() -> None:
    reader = asyncio.StreamReader()
    long_one = b'{"event":"x","data":"' + b"a" * LONG + b'"}'
    for piece in (b'{"event":', b'"a"}\n{"event":"b"}\n', long_one, b'\n{"event":"c"}\n{"cut'):
        reader.feed_data(piece)
    reader.feed_eof()
    told = [one["event"] async for one in messages(reader)]
    assert told == ["a", "b", "x", "c"]

"""Fences byte by byte, and the messages that a measuring one ends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopd.rfb.protocol import fences
from desktopd.rfb.protocol.fences import BEGIN, END, FenceFlag, fence


def test_a_fence_is_its_flags_and_its_payload() -> None:
    flags = FenceFlag.REQUEST | FenceFlag.BLOCK_BEFORE
    assert fence(flags, b"xy") == bytes.fromhex("f8 000000 80000001 02") + b"xy"


def test_a_long_payload_is_refused() -> None:
    assert len(fence(FenceFlag.SYNC_NEXT, bytes(fences.PAYLOAD_LIMIT))) == 73
    with pytest.raises(ValueError, match="65 bytes in a fence, at most 64"):
        fence(FenceFlag.SYNC_NEXT, bytes(fences.PAYLOAD_LIMIT + 1))


def test_the_fences_of_a_measurement_wait_for_nothing_and_differ() -> None:
    assert fence(FenceFlag.REQUEST, fences.BEGIN_PAYLOAD) == BEGIN
    assert fence(FenceFlag.REQUEST, fences.END_PAYLOAD) == END
    assert BEGIN != END


def test_only_the_first_fence_of_a_measurement_ends_its_message() -> None:
    assert fences.ends_message(BEGIN)
    assert fences.ends_message(b"picture" + BEGIN)
    assert not fences.ends_message(BEGIN + b"picture" + END)
    assert not fences.ends_message(fence(FenceFlag.REQUEST, b"other"))
    assert not fences.ends_message(b"")


@given(st.lists(st.sampled_from([BEGIN, END, BEGIN[:-1], b"picture", b"<"])))
def test_a_stream_is_cut_behind_each_of_them_and_loses_nothing(parts: list[bytes]) -> None:
    stream = b"".join(parts)
    cut = list(fences.messages(stream))
    assert b"".join(cut) == stream
    assert all(cut)
    assert all(map(fences.ends_message, cut[:-1]))
    assert sum(message.count(BEGIN) for message in cut) == sum(map(fences.ends_message, cut))

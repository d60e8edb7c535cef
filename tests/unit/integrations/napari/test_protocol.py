"""The companion's wire, cut at every byte."""

import json
import os
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopd.applications.lines import MOST_PARTS, parsed
from desktopd.integrations.napari.protocol import (
    LONGEST_REQUEST,
    CompanionRequest,
    Failure,
    FailureKind,
    Requests,
    event,
    failure,
    result,
    told,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


def line(value: Any) -> bytes:
    return json.dumps(value).encode() + b"\n"


@given(st.lists(st.dictionaries(st.text(), JSON, max_size=3), max_size=4), st.data())
def test_requests_come_out_whole_wherever_the_bytes_are_cut(
    params: list[dict[str, Any]], data: st.DataObject
) -> None:
    sent = [CompanionRequest(number, "open", values) for number, values in enumerate(params)]
    wire = b"".join(line({"id": r.id, "method": r.method, "params": r.params}) for r in sent)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(wire)), max_size=4)))
    requests, found = Requests(), []
    for start, end in zip([0, *cuts], [*cuts, len(wire)], strict=True):
        found += requests.feed(wire[start:end])
    assert found == sent


def test_a_request_without_params_has_none() -> None:
    assert list(Requests().feed(line({"id": 1, "method": "layers"}))) == [
        CompanionRequest(1, "layers", {})
    ]


@pytest.mark.parametrize(
    "wire",
    [
        b"\n",
        b"hello\n",
        b"[]\n",
        b"\xff\n",
        line({"method": "open"}),
        line({"id": "1", "method": "open"}),
        line({"id": 1, "method": 2}),
        line({"id": 1, "method": "open", "params": []}),
        b"[" * 100_000 + b"\n",
    ],
)
def test_what_is_no_request_is_refused(wire: bytes) -> None:
    with pytest.raises(Failure, match="not a request") as refused:
        list(Requests().feed(wire))
    assert refused.value.kind is FailureKind.REQUEST


def test_a_request_without_an_end_is_refused() -> None:
    with pytest.raises(Failure, match="longer than"):
        list(Requests().feed(b"x" * (LONGEST_REQUEST + 1)))


def test_an_answer_is_one_line_whatever_it_holds() -> None:
    for made in (
        result(3, "two\nlines"),
        failure(3, Failure(FailureKind.READER, "two\nlines")),
        event("state", {"a": "\n"}),
    ):
        assert made.endswith(b"\n")
        assert made.count(b"\n") == 1
    assert json.loads(failure(3, Failure(FailureKind.READER, "no"))) == {
        "id": 3,
        "error": {"kind": "reader", "message": "no"},
    }


def test_a_name_that_is_not_utf_8_can_be_handed_on() -> None:
    name = json.loads(event("layers", [os.fsdecode(b"cells\xff \xc3\xbc")]))["data"][0]
    assert name == "cells? ü"
    assert name.encode()


@given(st.text())
def test_a_name_counts_as_one_part_whatever_is_in_it(text: str) -> None:
    made = event("layers", [text, {text: 'a"\\[,{'}])
    assert json.loads(made)["data"] == [text, {text: 'a"\\[,{'}]
    assert sum(map(made.count, b"[{,")) == 5


def test_names_that_are_long_or_full_of_commas_are_understood() -> None:
    name = '[{,"\\' * MOST_PARTS
    assert parsed(event("layers", [name]))["data"] == [name]
    assert parsed(event("layers", [told(name)] * 10_000))["data"] == [told(name)] * 10_000
    assert name.startswith(told(name))

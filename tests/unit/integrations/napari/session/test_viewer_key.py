"""Which viewer a session goes into, of several that a script opens one after the other."""

import warnings
from dataclasses import asdict
from typing import Any

import numpy as np
import pytest

from desktopd.integrations.napari.session.document import VERSION
from desktopd.integrations.napari.session.viewer_key import (
    ViewerKey,
    choose,
    key_of,
    recorded_key,
    sessions_of,
)

# What napari's own libraries warn of is not ours to mend.
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from napari.components import ViewerModel

pytestmark = pytest.mark.filterwarnings("ignore")


def session(key: ViewerKey, argv: str = "loop.py", **more: Any) -> dict[str, Any]:
    return {"version": VERSION, "argv": argv, "layers": [], "viewer": asdict(key), **more}


def chosen(key: ViewerKey, *sessions: dict[str, Any]) -> Any:
    return choose(sessions, key, lambda one: one["argv"] == "loop.py")


def test_a_session_waits_for_the_viewer_of_its_number() -> None:
    second, third = session(ViewerKey(2, "b")), session(ViewerKey(3, "c"))
    assert chosen(ViewerKey(1, "a"), second, third) is None
    assert chosen(ViewerKey(1, None), second) is None
    assert chosen(ViewerKey(2, "b"), third, second) is second
    assert chosen(ViewerKey(3, "another"), third, second) is third
    assert chosen(ViewerKey(2, None), second) is second


def test_a_script_that_leaves_out_what_is_done_has_the_session_in_another_number() -> None:
    second, third = session(ViewerKey(2, "b")), session(ViewerKey(3, "c"))
    assert chosen(ViewerKey(1, "c"), second, third) is third
    # Of two that show the same the one of the same number.
    again = session(ViewerKey(3, "b"))
    assert chosen(ViewerKey(3, "b"), second, again) is again


def test_what_shows_nothing_is_known_by_its_number_alone() -> None:
    assert chosen(ViewerKey(1), session(ViewerKey(2))) is None


def test_another_command_has_the_only_session_in_its_first_viewer() -> None:
    other = session(ViewerKey(2, "b"), argv="other.py")
    assert chosen(ViewerKey(1), other) is other
    assert chosen(ViewerKey(3), other) is None
    assert chosen(ViewerKey(2), other) is other
    first = session(ViewerKey(1, "a"), argv="other.py")
    assert chosen(ViewerKey(1), other, first) is first


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"viewer": None},
        {"viewer": {"number": "2", "content": None}},
        {"viewer": {"number": 2, "content": 7}},
    ],
)
def test_a_document_that_does_not_tell_is_of_the_first_viewer(told: dict[str, Any]) -> None:
    document = {"version": VERSION, "layers": [], **told}
    assert recorded_key(document) == ViewerKey(1, None)
    assert sessions_of(document) == [document]


@pytest.mark.parametrize("waiting", [None, 7, {}, [7, None, {}, {"layers": [7]}]])
def test_what_waits_and_is_no_session_is_left_out(waiting: Any) -> None:
    own, *others = sessions_of({"version": VERSION, "layers": [], "waiting": waiting})
    assert "waiting" not in own
    assert others == []


def test_sessions_that_wait_are_there_again() -> None:
    second = session(ViewerKey(2, "b"))
    own, other = sessions_of({**session(ViewerKey(1, "a")), "waiting": [second]})
    assert (recorded_key(own), recorded_key(other)) == (ViewerKey(1, "a"), ViewerKey(2, "b"))


def content(add: Any, title: str = "napari") -> str | None:
    viewer = ViewerModel(title=title)
    add(viewer)
    return key_of(viewer, 1).content


def image(data: Any, name: str = "img") -> Any:
    return lambda viewer: viewer.add_image(data, name=name)


def test_the_content_is_what_a_command_shows() -> None:
    large = np.random.default_rng(3).random((600, 600))
    ones = [
        image(np.ones((9, 9))),
        image(np.zeros((9, 9))),
        image(np.ones((9, 8))),
        image(np.ones((9, 9), "f4")),
        image(np.ones((9, 9)), "other"),
        image(large),
        image(large.T),
        image([large, large[::2, ::2]]),
    ]
    found = [content(one) for one in ones]
    assert [content(one) for one in ones] == found
    assert len({*found, content(ones[0], title="2")}) == len(ones) + 1


def test_what_is_painted_tells_nothing_of_what_is_shown() -> None:
    def annotated(data: Any) -> Any:
        def add(viewer: Any) -> None:
            viewer.add_image(np.ones((9, 9)), name="img")
            viewer.add_labels(data, name="lab")

        return add

    blank = np.zeros((9, 9), int)
    assert content(annotated(blank)) == content(annotated(blank + 1))
    assert content(lambda viewer: viewer.add_labels(blank)) is None
    assert content(lambda viewer: None) is None


def test_a_layer_that_does_not_tell_what_it_is_keeps_no_viewer_from_its_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def raises(layer: Any) -> Any:
        raise RuntimeError

    whole = content(image(np.ones((9, 9))))
    for name in ("source", "data"):
        with monkeypatch.context() as plugin:
            viewer = ViewerModel()
            viewer.add_image(np.ones((9, 9)), name="img")
            plugin.setattr(type(viewer.layers[0]), name, property(raises))
            assert key_of(viewer, 2).number == 2
            assert key_of(viewer, 2).content not in (None, whole)

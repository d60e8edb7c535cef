"""What may be opened, and by which way."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopd.applications.errors import CannotOpen, IsProgram, NotAllowed, NotThere, Occupied
from desktopd.applications.opening import Allowed, Opening, OpenOptions, Way, fill
from tests.unit.applications.companion_process import LAYER


class Asked:
    """Keeps what it is asked, and answers with one layer."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []

    async def ask(self, method: str, params: dict[str, Any], within: float) -> Any:
        self.calls.append((method, params))
        return [LAYER]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "cells.tif").write_text("")
    (tmp_path / "secret").write_text("")
    (tmp_path / "data" / "out").symlink_to(tmp_path / "secret")
    return tmp_path / "data"


def test_a_path_is_taken_from_the_root_of_files(data: Path) -> None:
    allowed = Allowed(root=data)
    assert allowed.path("cells.tif") == data / "cells.tif"
    assert allowed.path(str(data / "cells.tif")) == data / "cells.tif"
    assert allowed.path(".") == data


@pytest.mark.parametrize("path", ["/etc/passwd", "../secret", "out", "a/../../secret", "/"])
def test_a_path_outside_of_it_is_refused(data: Path, path: str) -> None:
    with pytest.raises(NotAllowed, match="outside of files_root") as refused:
        Allowed(root=data).path(path)
    assert str(data) in refused.value.remedy


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_no_path_at_all_leads_outside(path: str) -> None:
    root = Path(__file__).parent
    try:
        found = Allowed(root=root).path(path)
    except (NotAllowed, NotThere):
        return
    assert found.is_relative_to(root)


def test_a_path_that_is_not_there_is_said_to_be(data: Path) -> None:
    for allowed in (Allowed(root=data), Allowed()):
        with pytest.raises(NotThere):
            allowed.path(str(data / "missing.tif"))
    (data / "circle").symlink_to("circle")
    for path in ("nul\0", "x" * 300, "circle"):
        with pytest.raises(NotThere):
            Allowed(root=data).path(path)


def test_without_a_root_any_path_will_do(data: Path) -> None:
    assert Allowed().path(str(data.parent / "secret")) == data.parent / "secret"


@pytest.mark.parametrize(
    "url",
    [
        "https://images.example.org/a.zarr",
        "http://images.example.org:8080/a.tif?x=1",
        "https://IMAGES.example.org/a",
        "https://x.deep.example.net/a",
    ],
)
def test_a_url_of_a_listed_host_is_opened(url: str) -> None:
    assert Allowed(hosts=("images.example.org", "*.Example.net")).url(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/a",
        "https://evil.org/images.example.org",
        "https://images.example.org@evil.org/a",
        "https://images.example.org.evil.org/a",
        "https://example.net/a",
        "https://evilexample.net/a",
        "file://images.example.org/etc/passwd",
        "s3://images.example.org/a",
        "https:///a",
        "https://[::1/a",
        # To requests this is at evil.org, to urllib at the other.
        "https://evil.org\\@images.example.org/a",
        "https://evil.org @images.example.org/a",
        "https://evil.org@images.example.org/a",
        "https://images.example\n.org/a",
        "cells.tif",
        "",
    ],
)
def test_any_other_url_is_refused(url: str) -> None:
    with pytest.raises(NotAllowed):
        Allowed(hosts=("images.example.org", "*.example.net")).url(url)


def test_no_host_is_listed_at_first() -> None:
    with pytest.raises(NotAllowed, match="not a host to open from") as refused:
        Allowed().url("https://images.example.org/a")
    assert "open_hosts" in refused.value.remedy


async def test_the_companion_comes_first(data: Path) -> None:
    companion, launched, dropped = Asked(), [], []

    async def launch(argv: Sequence[str]) -> None:
        launched.append(argv)

    async def drop(paths: Sequence[Path]) -> None:
        dropped.append(paths)

    opening = Opening(Allowed(data), companion, "fiji {path}", launch, drop)
    opened = await opening.path("cells.tif", OpenOptions(plugin="napari", once=True))
    assert opened.way is Way.COMPANION
    assert opened.layers[0].name == "cells"
    asked = {"plugin": "napari", "name": None, "once": True, "unasked": False}
    assert companion.calls == [("open", {"path": str(data / "cells.tif"), **asked})]
    opening = Opening(Allowed(data), None, "fiji -macro {path}", launch, drop)
    assert (await opening.path("cells.tif")).way is Way.COMMAND
    assert launched == [["fiji", "-macro", str(data / "cells.tif")]]
    opening = Opening(Allowed(data), drop=drop)
    assert (await opening.path("cells.tif")).way is Way.DROP
    assert dropped == [[data / "cells.tif"]]
    assert len(companion.calls) == len(launched) == 1


@pytest.mark.parametrize("name", ["run.py", "RUN.PY", "run.py/", "./run.py/.", "x#.py", "cells"])
async def test_a_program_is_run_for_nobody_who_was_not_asked(data: Path, name: str) -> None:
    for script in ("run.py", "RUN.PY", "x#.py"):
        (data / script).write_text("")
    (data / "cells").symlink_to("run.py")
    companion = Asked()
    opening = Opening(Allowed(data, ("example.org",)), companion)
    with pytest.raises(IsProgram, match="is a program"):
        await opening.path(name, OpenOptions(unasked=True))
    for url in ("https://example.org/run.PY?x", "https://example.org/a?x.py"):
        with pytest.raises(IsProgram):
            await opening.url(url, OpenOptions(unasked=True))
    assert companion.calls == []
    assert (await opening.path(name)).way is Way.COMPANION


@pytest.mark.parametrize("template", ["fiji {path}", None])
async def test_nobody_can_tell_what_is_open_without_a_companion(
    data: Path, template: str | None
) -> None:
    async def launch(argv: Sequence[str]) -> None:
        raise AssertionError

    async def drop(paths: Sequence[Path]) -> None:
        raise AssertionError

    opening = Opening(Allowed(data), None, template, launch, drop)
    with pytest.raises(Occupied, match="nobody can tell"):
        await opening.path("cells.tif", OpenOptions(unasked=True))


async def test_without_a_way_nothing_is_opened(data: Path) -> None:
    opening = Opening(Allowed(data))
    assert not opening.possible
    with pytest.raises(CannotOpen):
        await opening.path("cells.tif")


async def test_a_url_cannot_be_dropped() -> None:
    async def drop(paths: Sequence[Path]) -> None:
        raise AssertionError

    opening = Opening(Allowed(hosts=("example.org",)), drop=drop)
    with pytest.raises(CannotOpen):
        await opening.url("https://example.org/a")


def test_a_path_is_one_word_whatever_it_holds() -> None:
    assert fill("fiji -eval 'open({path})' {path}", "/data/a b; rm $x") == [
        "fiji",
        "-eval",
        "open(/data/a b; rm $x)",
        "/data/a b; rm $x",
    ]

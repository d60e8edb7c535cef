"""Which paths a locked napari may use."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import pytest

from desktopd.integrations.napari.lockdown.inside import Inside


@pytest.fixture
def inside(folder: Path) -> Inside:
    for name in ("data/below", "samples", "database"):
        (folder / name).mkdir(parents=True)
    (folder / "data" / "out").symlink_to(folder / "database")
    (folder / "data" / "in").symlink_to(folder / "data" / "below")
    return Inside((folder / "data", folder / "samples"))


@pytest.mark.parametrize("name", ["data", "data/new.tif", "data/in/x", "samples/a", "data/../data"])
def test_paths_inside_are_taken(inside: Inside, folder: Path, name: str) -> None:
    inside.check(str(folder / name))
    inside.check([folder / name, folder / "data"])


@pytest.mark.parametrize("name", ["", "database", "data/out/x", "data/..", "/etc/passwd"])
def test_paths_outside_are_refused(inside: Inside, folder: Path, name: str) -> None:
    with pytest.raises(PermissionError, match="is outside of"):
        inside.check(folder / name)
    with pytest.raises(PermissionError):
        inside.check([folder / "data", [folder / name]])


@pytest.mark.parametrize("odd", ["file:///etc/passwd", "/data\0", "zarr://x", "s3://bucket/x"])
def test_what_is_no_path_below_is_refused(inside: Inside, odd: str) -> None:
    with pytest.raises(PermissionError):
        inside.check(odd)


def test_nothing_is_inside(inside: Inside) -> None:
    inside.check(None)


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("https://example.org/cells.tif", True),
        ("HTTP://EXAMPLE.ORG:8080/a b.tif".replace(" ", "%20"), True),
        ("https://deep.example.net?x", True),
        ("https://example.net/", False),
        ("http://169.254.169.254/latest", False),
        ("https://evil.org\\@example.org/", False),
        ("https://evil.org@example.org/", False),
        ("https://example.org@evil.org/", False),
        ("https://evil.org\n.example.net/", False),
        ("https://", False),
    ],
)
def test_web_addresses_are_those_of_the_hosts(folder: Path, address: str, allowed: bool) -> None:
    some = Inside([folder], ["Example.org", "*.example.net"])
    for inside, expected in ((some, allowed), (Inside([folder]), False)):
        with nullcontext() if expected else pytest.raises(PermissionError, match="open_hosts"):
            inside.check([address])


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("", True),
        ("cells.tif", True),
        ("below/cells.tif", True),
        ('"a.tif" "b.tif"', True),
        ('"a.tif" "../b.tif"', False),
        ("..", False),
        ("~", False),
        ("~root/x", False),
        ("/etc", False),
        ("out/x", False),
    ],
)
def test_names_typed_in_a_dialog(inside: Inside, folder: Path, text: str, allowed: bool) -> None:
    assert inside.typed(text, str(folder / "data")) is allowed

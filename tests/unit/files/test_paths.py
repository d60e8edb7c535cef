"""Names and paths: which there can be, how they are spelled, how one is numbered."""

from __future__ import annotations

import unicodedata
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopd.files.errors import BadPath
from desktopd.files.paths import FilePath, new_name, numbered, shown, spellings


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", ()),
        ("a", ("a",)),
        ("a/b.tif", ("a", "b.tif")),
        ("a/b/", ("a", "b")),
        ("%2e%2e/%2F", ("%2e%2e", "%2F")),
        (".zattrs", (".zattrs",)),
        ("...", ("...",)),
        ("a ", ("a ",)),
        (" ", (" ",)),
        ("C:", ("C:",)),
        ("x" * 255, ("x" * 255,)),
    ],
)
def test_a_path_is_names_between_slashes(text: str, names: tuple[str, ...]) -> None:
    assert FilePath.parse(text).names == names


@pytest.mark.parametrize(
    "text",
    [
        *("/", "/etc/passwd", "a//b", "//", ".", "..", "../x", "a/../b", "a/./b", "a/.."),
        *("a\0", "\0", "x" * 256, "ä" * 128, "/".join(["x" * 200] * 21)),
        *(".desktopd-uploads-0/x", "a/.desktopd-uploads", ".DesktopD-Uploads-7"),
        *("a\ud800b", "\udcff"),
    ],
)
def test_what_is_no_path(text: str) -> None:
    with pytest.raises(BadPath) as error:
        FilePath.parse(text)
    str(error.value).encode()
    assert error.value.remedy


@pytest.mark.parametrize(
    ("raw", "names"),
    [
        (b"", ()),
        (b"a/b%20%23%3F%26.tif", ("a", "b #?&.tif")),
        (b"%252e%252e/x", ("%2e%2e", "x")),
        (b"gr%C3%BCn%F0%9F%98%80", ("grün😀",)),
        (b"gr\xc3\xbcn", ("grün",)),
        (b"gr%FCn", ("gr\udcfcn",)),
        (b"..%5C..%5Cx", ("..\\..\\x",)),
        (b"a%0Ab", ("a\nb",)),
    ],
)
def test_a_path_of_a_url_is_cut_first_and_decoded_once(raw: bytes, names: tuple[str, ...]) -> None:
    assert FilePath.from_url(raw).names == names


@pytest.mark.parametrize(
    "raw",
    [
        *(b"/", b"..", b"%2e%2e", b".%2E", b"a/%2e%2E/b", b"a%2F..%2F..%2Fb", b"%2Fetc%2Fpasswd"),
        *(b"a%00", b"//etc/passwd", b"%2e", b"x" * 256, b"%2edesktopd-uploads-0"),
    ],
)
def test_what_is_no_path_of_a_url(raw: bytes) -> None:
    with pytest.raises(BadPath):
        FilePath.from_url(raw)


@pytest.mark.parametrize("raw", [b"a/" * 30_000, b"../" * 20_000, b"%00" * 20_000])
def test_nobody_looks_at_a_path_that_is_too_long(raw: bytes) -> None:
    with pytest.raises(BadPath, match="the path is longer than 4096 bytes"):
        FilePath.from_url(raw)


def test_an_error_repeats_no_long_name() -> None:
    with pytest.raises(BadPath, match="longer than 255 bytes"):
        FilePath.from_url(b"%00" * 300)


@given(st.lists(st.text(st.characters(exclude_categories=("Cs",)), min_size=1), max_size=4))
def test_a_path_survives_its_url(names: list[str]) -> None:
    try:
        path = FilePath.parse("/".join(names))
    except BadPath:
        return
    assert FilePath.from_url(path.href.encode()) == path


@pytest.mark.parametrize(
    "name",
    [
        *(
            ".zattrs",
            "a b.tif",
            "#%?&.tif",
            "trailing.",
            "con",
            "emoji 👩‍🔬.png",
            "日本語",
            "x" * 255,
        ),
        *('a:b*c|d"e<f>g', "'", "~", "-rf", "$(ls)", "äöü"),
    ],
)
def test_names_that_people_type(name: str) -> None:
    assert new_name(name) == name


@pytest.mark.parametrize(
    "name",
    ["a\nb", "a\rb", "tab\t", "\x1b[2J", "\x7f", "\x85", "a\u2028b", "a\\b", "gr\udcfcn", "\0"],
)
def test_names_that_nobody_should_have(name: str) -> None:
    with pytest.raises(BadPath) as error:
        new_name(name)
    str(error.value).encode()


def test_a_new_name_is_composed_and_an_old_one_found_either_way() -> None:
    composed, decomposed = (unicodedata.normalize(form, "grün") for form in ("NFC", "NFD"))
    assert new_name(decomposed) == composed
    assert set(spellings(composed)) == set(spellings(decomposed)) == {composed, decomposed}
    assert spellings("plain") == ("plain",)


def test_composing_can_make_a_name_too_long() -> None:
    # U+0958 is longer in NFC.
    with pytest.raises(BadPath, match="longer than 255"):
        new_name("\u0958" * 85)


@pytest.mark.parametrize(
    ("name", "second"),
    [
        ("cells.tif", "cells (2).tif"),
        ("cells.ome.tif", "cells (2).ome.tif"),
        ("brain.nii.gz", "brain (2).nii.gz"),
        ("backup.tar.xz", "backup (2).tar.xz"),
        ("data.v1.csv", "data.v1 (2).csv"),
        ("README", "README (2)"),
        (".zattrs", ".zattrs (2)"),
        (".ome.tif", ".ome (2).tif"),
        ("No. 5 of these", "No. 5 of these (2)"),
        ("x" * 251 + ".tif", "x" * 247 + " (2).tif"),
        ("ü" * 125 + ".tif", "ü" * 123 + " (2).tif"),
    ],
)
def test_a_number_goes_before_the_suffix(name: str, second: str) -> None:
    first, numbered_once, _ = islice(numbered(name), 3)
    assert (first, numbered_once) == (name, second)
    assert len(numbered_once.encode()) <= 255


def test_bytes_that_are_no_utf8_can_be_shown() -> None:
    assert shown("gr\udcfcn") == "gr%FCn"

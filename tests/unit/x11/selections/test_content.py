from pathlib import Path

import pytest

from desktopd.geometry import Size
from desktopd.x11.selections.content import MEBIBYTE, Content, ContentLimits, ContentTooLarge
from desktopd.x11.selections.images import PngImage


@pytest.mark.parametrize(
    ("fits", "over", "words"),
    [
        (Content(text="ä" * 5), Content(text="ä" * 6), "text of 12 bytes: at most 10 fit"),
        (Content(html="x" * 20), Content(html="x" * 21), "HTML of 21 bytes: at most 20 fit"),
        (
            Content(image=PngImage(bytes(20), Size(1, 1))),
            Content(image=PngImage(bytes(21), Size(1, 1))),
            "image of 21 bytes: at most 20 fit",
        ),
        (
            Content(uris=("file:///12", "file:///34")),
            Content(uris=("file:///12", "file:///345")),
            "list of files of 21 bytes: at most 20 fit",
        ),
    ],
)
def test_each_form_has_its_limit(fits: Content, over: Content, words: str) -> None:
    limits = ContentLimits(text=10, other=20)
    fits.check(limits)
    with pytest.raises(ContentTooLarge, match=words):
        over.check(limits)


def test_the_limits_by_default() -> None:
    assert ContentLimits() == ContentLimits(1_048_576, 33_554_432)
    Content(image=PngImage(bytes(32 * MEBIBYTE), Size(1, 1))).check(ContentLimits())


def test_text_must_be_unicode() -> None:
    with pytest.raises(ValueError, match="surrogates"):
        Content(text="\ud800").check(ContentLimits())


def test_files_and_links() -> None:
    content = Content(uris=("file:///data/a", "https://example.org/b", "file://elsewhere/c"))
    assert content.files == (Path("/data/a"),)
    assert content.plain == "/data/a\nhttps://example.org/b\nfile://elsewhere/c"
    assert Content(text="", uris=("file:///a",)).plain == ""
    assert Content().plain is None

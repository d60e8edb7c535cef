from io import BytesIO

import pytest
from PIL import Image

from desktopd.geometry import Size
from desktopd.x11.selections.content import Content
from desktopd.x11.selections.images import NoImage, PngImage
from desktopd.x11.selections.targets import OFFERED, Form, add, offered, wanted

TEXTS = ["UTF8_STRING", "text/plain;charset=utf-8", "text/plain", "STRING"]


def png() -> bytes:
    file = BytesIO()
    Image.new("RGB", (3, 2), "red").save(file, "PNG")
    return file.getvalue()


EVERYTHING = Content(
    "grün 細胞", "<i>grün</i>", PngImage.of(png()), ("file:///data/a%20b", "https://example.org/")
)


def encoded(content: Content) -> dict[str, bytes]:
    return {target.name: target.encode(content) for target in offered(content)}


def names(content: Content) -> list[str]:
    return [target.name for target in offered(content)]


def test_what_is_offered_for_each_form() -> None:
    images = ["image/png", "image/tiff", "image/bmp", "image/jpeg"]
    assert names(Content()) == []
    assert names(Content(text="")) == TEXTS
    assert names(Content(html="")) == ["text/html"]
    assert names(Content(image=EVERYTHING.image)) == images
    files = ["text/uri-list", "x-special/gnome-copied-files"]
    assert names(Content(uris=("file:///a",))) == [*files, *TEXTS]
    assert names(EVERYTHING) == [*files, *images, "text/html", *TEXTS]


def test_how_it_is_written() -> None:
    data = encoded(EVERYTHING)
    assert data["UTF8_STRING"] == data["text/plain"] == "grün 細胞".encode()
    assert data["STRING"] == "grün ??".encode("latin-1")
    assert data["text/html"].decode().endswith('charset=utf-8"><i>grün</i>')
    assert data["image/png"] == png()
    assert Image.open(BytesIO(data["image/bmp"])).format == "BMP"
    assert data["text/uri-list"] == b"file:///data/a%20b\r\nhttps://example.org/\r\n"
    assert data["x-special/gnome-copied-files"] == b"copy\nfile:///data/a%20b\nhttps://example.org/"


def test_files_can_be_pasted_as_text() -> None:
    data = encoded(Content(uris=EVERYTHING.uris))
    assert data["UTF8_STRING"] == b"/data/a b\nhttps://example.org/"


@pytest.mark.parametrize("form", Form)
def test_what_we_offer_we_would_also_take(form: Form) -> None:
    content = Content()
    (target, *_) = [target for target in OFFERED if target.form is form]
    content = add(content, form, target.name, target.name, target.encode(EVERYTHING))
    part = {
        Form.TEXT: Content(text=EVERYTHING.text),
        Form.HTML: Content(html=EVERYTHING.html),
        Form.IMAGE: Content(image=EVERYTHING.image),
        Form.FILES: Content(uris=EVERYTHING.uris),
    }
    assert content == part[form]


def test_the_best_of_what_is_offered_is_asked_for() -> None:
    offer = ("STRING", "image/bmp", "image/png", "text/plain", "TARGETS")
    assert wanted(Form.IMAGE, offer) == ("image/png", "image/bmp")
    assert wanted(Form.TEXT, offer) == ("text/plain", "STRING")
    assert wanted(Form.HTML, offer) == ()


def test_of_an_owner_that_cannot_tell_only_text_is_asked() -> None:
    assert wanted(Form.TEXT, None) == ("UTF8_STRING", "STRING")
    assert wanted(Form.IMAGE, None) == wanted(Form.FILES, None) == wanted(Form.HTML, None) == ()


@pytest.mark.parametrize(
    ("kind", "data", "text"),
    [
        ("UTF8_STRING", "grün".encode(), "grün"),
        ("STRING", "grün".encode("latin-1"), "grün"),
        ("text/plain", "grün".encode(), "grün"),
        ("UTF8_STRING", b"gr\xfcn", "gr\ufffdn"),
    ],
)
def test_the_type_of_the_answer_tells_the_encoding(kind: str, data: bytes, text: str) -> None:
    assert add(Content(), Form.TEXT, "text/plain", kind, data).text == text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_html_in_the_encodings_of_browsers(encoding: str) -> None:
    html = "<b>grün 細胞</b>"
    assert add(Content(), Form.HTML, "text/html", "text/html", html.encode(encoding)).html == html


def test_an_image_that_is_none() -> None:
    with pytest.raises(NoImage):
        add(Content(), Form.IMAGE, "image/png", "image/png", b"")


def test_what_is_known_already_stays() -> None:
    content = add(Content(text="text"), Form.IMAGE, "image/png", "image/png", png())
    assert content.text == "text"
    assert content.image is not None
    assert content.image.size == Size(3, 2)

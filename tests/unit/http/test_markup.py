"""One look for all pages: the pages made here have the client's colours, which can be read."""

from __future__ import annotations

import re
from itertools import product

import pytest

from desktopd.http import markup
from tests.daemon import ROOT

CLIENT = (ROOT / "web" / "src" / "page" / "style.css").read_text("utf-8")
PAGE = markup.document("Not found", "")
THEMES = ("dark", "light")


def colours(style: str) -> dict[str, dict[str, str]]:
    """The custom properties of both themes: the second `:root` is that of the light one."""
    blocks = re.findall(r":root\s*{(.*?)}", style, re.DOTALL)
    assert len(blocks) == len(THEMES)
    found = [dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", block)) for block in blocks]
    return dict(zip(THEMES, found, strict=True))


def luminance(colour: str) -> float:
    """WCAG 2.2, "relative luminance"."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, "contrast ratio": 1 to 21."""
    dark, light = sorted(map(luminance, (one, other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", THEMES)
def test_the_pages_made_here_have_the_colours_of_the_client(theme: str) -> None:
    client, page = colours(CLIENT)[theme], colours(PAGE)[theme]
    assert page == {name: client[name] for name in page}


@pytest.mark.parametrize("theme", THEMES)
def test_every_text_can_be_read(theme: str) -> None:
    of = colours(CLIENT)[theme]
    assert contrast(of["text"], of["field"]) >= 7
    assert contrast(of["on-accent"], of["accent"]) >= 4.5
    for ink, paper in product(("text", "quiet", "good", "bad"), ("ground", "raised", "field")):
        assert contrast(of[ink], of[paper]) >= 4.5, (ink, paper)


@pytest.mark.parametrize("theme", THEMES)
def test_what_marks_a_control_can_be_seen(theme: str) -> None:
    of = colours(CLIENT)[theme]
    for line, paper in product(("quiet", "accent", "good", "bad"), ("ground", "raised", "field")):
        assert contrast(of[line], of[paper]) >= 3, (line, paper)


INK = "#16181d"
"""Of a person's letters, and around their pointer."""


def test_the_letters_on_a_persons_colour_can_be_read() -> None:
    people = re.findall(r"--person:\s*(#[0-9a-f]{6})", CLIENT)
    assert len(people) == 8
    for colour in people:
        assert contrast(INK, colour) >= 4.5, colour


@pytest.mark.parametrize("theme", THEMES)
def test_what_lets_a_picture_shine_through_can_be_read_over_any(theme: str) -> None:
    block = re.findall(r":root\s*{(.*?)}", CLIENT, re.DOTALL)[THEMES.index(theme)]
    glass = re.search(r"--glass: rgb\((\d+) (\d+) (\d+) / (\d+)%\)", block)
    assert glass
    *parts, share = map(int, glass.groups())
    of = colours(CLIENT)[theme]
    for behind, ink in product((0, 255), ("text", "quiet", "accent", "bad")):
        mixed = [round((part * share + behind * (100 - share)) / 100) for part in parts]
        assert contrast(of[ink], "#" + bytes(mixed).hex()) >= 4.5, (behind, ink)


def test_no_colour_stands_beside_those_of_the_themes() -> None:
    rules = re.sub(r":root\s*{.*?}|--person:[^;]*|box-shadow:[^;]*", "", CLIENT, flags=re.DOTALL)
    found = re.findall(r"#[0-9a-fA-F]{3,8}(?=[;\s])|rgb\(.*?\)", rules)
    # Around a picture it is dark in both.
    assert set(found) <= {INK, "#262930"}


def test_nothing_moves_for_who_wants_less_motion() -> None:
    everything = r"@media \(prefers-reduced-motion: reduce\) {\s*\*,[^{]*{([^}]*)}"
    (stopped,) = re.findall(everything, CLIENT)
    assert {rule.strip() for rule in stopped.split(";")} >= {
        "animation: none !important",
        "transition: none !important",
    }
    lasting = re.findall(r"(?:animation|transition)[^;]*!important", CLIENT.replace(stopped, ""))
    assert lasting == []

"""Names that do not look like what they are, in lists and sentences of the page."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.chromium import Tab
from tests.daemon import Daemon, short_folder

OpenTab = Callable[[str], Tab]
TURNED, SHOWN = "photo\u202egnp.exe", "photo[U+202E]gnp.exe"
HEBREW = "תאים 3.tif"
# What a reader would not see, or would see elsewhere, but for fields that are typed into.
UNSEEN = """() => {
  const unseen = /[\\x00-\\x09\\x0b-\\x1f\\x7f-\\x9f\\u200e\\u200f\\u202a-\\u202e\\u2066\\u2067]/;
  const texts = [document.title];
  for (const element of document.querySelectorAll('body *')) {
    for (const name of ['aria-label', 'title', 'alt']) texts.push(element.getAttribute(name) ?? '');
    for (const node of element.childNodes) if (node.nodeType === 3) texts.push(node.data);
  }
  return texts.filter((text) => unseen.test(text));
}"""


@pytest.fixture(scope="module")
def desk() -> Iterator[Daemon]:
    with short_folder() as folder:
        root = folder / "files"
        (root / "results").mkdir(parents=True)
        for name in (TURNED, HEBREW, "two\nlines.txt", "esc\x1b[31m.txt"):
            (root / name).write_text("x")
            (root / f"folder {name}").mkdir()
        daemon = Daemon(folder, app="xterm", files_root=root, display="xvfb")
        daemon.ready()
        yield daemon
        daemon.stop()


@pytest.fixture
def page(desk: Daemon, tab: OpenTab) -> Page:
    opened = tab(desk.page)
    opened.shows_desktop()
    opened.page.locator("#bar-handle").click()
    opened.page.locator("#bar-files").click()
    expect(opened.page.locator("#files-list li")).to_have_count(9)
    return opened.page


def test_names_in_lists_and_sentences(desk: Daemon, page: Page) -> None:
    for name in (TURNED, HEBREW):
        (desk.folder / "files" / "results" / name).write_text("x")
    expect(page.locator("#results-list li")).to_have_count(2)
    expect(page.locator("#results-list")).to_contain_text(SHOWN)
    expect(page.locator("#files-list")).to_contain_text("two[U+000A]lines.txt")
    expect(page.locator("#files-list")).to_contain_text(f"\u2068{HEBREW}\u2069")
    assert page.evaluate(UNSEEN) == []
    page.get_by_role("button", name=f"Delete {SHOWN}", exact=True).click()
    expect(page.locator("#files-remove-warning")).to_have_text(f"{SHOWN} is deleted for good.")
    page.keyboard.press("Escape")
    page.get_by_role("button", name=f"Folder folder {SHOWN}", exact=True).click()
    expect(page.locator("#files-trail [aria-current]")).to_have_text(f"folder {SHOWN}")
    assert page.evaluate(UNSEEN) == []


def test_a_name_is_changed_as_it_is(desk: Daemon, page: Page) -> None:
    page.get_by_role("button", name=f"Rename {SHOWN}", exact=True).click()
    field = page.locator("#files-name-input")
    assert field.input_value() == TURNED
    field.fill("back.exe")
    page.locator("#files-name-save").click()
    expect(page.locator("#files-status")).to_have_text(f"{SHOWN} is now back.exe.")
    (desk.folder / "files" / "back.exe").rename(desk.folder / "files" / TURNED)


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (844, 390), (390, 844)])
def test_many_results_leave_the_files_in_reach(
    desk: Daemon, page: Page, width: int, height: int
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    for number in range(40):
        (desk.folder / "files" / "results" / f"{width} {number}.tif").write_text("x")
    expect(page.locator("#results-list li")).to_have_count(40, timeout=20_000)
    last = page.locator("#files-list li").last
    last.scroll_into_view_if_needed()
    box = last.bounding_box()
    assert box is not None
    # Nothing lies over it.
    last.get_by_role("button", name="Delete").click(timeout=5000)
    page.keyboard.press("Escape")

"""Each setting by itself: its values, its default, its place in the README."""

from pathlib import Path

import pytest

from desktopd.config import Settings, load


@pytest.mark.parametrize(
    ("given", "path"), [("/", "/"), ("", "/"), ("a/b", "/a/b/"), ("//user//ada/", "/user/ada/")]
)
def test_base_url_is_a_path_that_ends_in_a_slash(given: str, path: str) -> None:
    assert load(["--base-url", given]).settings.base_url == path


def test_lists_are_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESKTOPD_FRAME_ANCESTORS", "'self' https://course.example")
    assert load([]).settings.frame_ancestors == ("'self'", "https://course.example")


def test_restarting_the_application_follows_kiosk_unless_told() -> None:
    assert load([]).settings.restarts_application
    assert not load(["--no-kiosk"]).settings.restarts_application
    assert load(["--no-kiosk", "--restart-app"]).settings.restarts_application


def test_every_setting_has_a_description() -> None:
    assert all(field.description for field in Settings.model_fields.values())


def test_the_readme_lists_every_setting_with_its_default() -> None:
    readme = (Path(__file__).parents[3] / "README.md").read_text("utf-8")
    for name, field in Settings.model_fields.items():
        default = field.default
        if isinstance(default, tuple):
            default = " ".join(default)
        shown = str(default).lower() if isinstance(default, bool) else str(default)
        cell = "" if field.default in (None, ()) else f"`{shown}`"
        assert f"| `{name}` | {cell} | {field.description} |" in readme


def test_the_readme_is_short_enough_to_be_read() -> None:
    readme = (Path(__file__).parents[3] / "README.md").read_text("utf-8")
    assert len(readme.splitlines()) <= 150

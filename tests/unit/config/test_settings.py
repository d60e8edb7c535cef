"""Each setting by itself: its values, its default, its place in docs/settings.md."""

from pathlib import Path

import pytest

from desktopd.config import ConfigError, Settings, load
from tests.unit.config.files import write


@pytest.mark.parametrize(
    ("given", "path"), [("/", "/"), ("", "/"), ("a/b", "/a/b/"), ("//user//ada/", "/user/ada/")]
)
def test_base_url_is_a_path_that_ends_in_a_slash(given: str, path: str) -> None:
    assert load(["--base-url", given]).settings.base_url == path


def test_lists_are_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESKTOPD_FRAME_ANCESTORS", "'self' https://course.example")
    assert load([]).settings.frame_ancestors == ("'self'", "https://course.example")


@pytest.mark.parametrize(
    ("given", "count"),
    [
        *(("0", 0), ("500", 500), ("50G", 50_000_000_000), ("50 GB", 50_000_000_000)),
        *(("1.5MiB", 1_572_864), ("7kb", 7_000), ("2t", 2_000_000_000_000)),
    ],
)
def test_sizes_of_files_as_people_say_them(given: str, count: int) -> None:
    assert load(["--upload-limit", given]).settings.upload_limit == count


def test_sizes_in_a_file(tmp_path: Path) -> None:
    path = write(tmp_path, 'upload_limit = "2GiB"\nfree_space = 0\n')
    settings = load(["--config", str(path)]).settings
    assert (settings.upload_limit, settings.free_space) == (2 * 1024**3, 0)
    assert (str(settings.upload_limit), str(settings.free_space)) == ("2.1GB", "0B")
    with pytest.raises(ConfigError, match="free_space"):
        load(["--config", str(write(tmp_path, "free_space = -1\n"))])


def test_no_files_root_is_not_the_working_folder(tmp_path: Path) -> None:
    assert load([]).settings.files_root == Path()
    assert load(["--files-root", ""]).settings.files_root is None
    path = write(tmp_path, 'files_root = ""\n')
    assert load(["--config", str(path)]).settings.files_root is None


def test_restarting_the_application_follows_kiosk_unless_told() -> None:
    assert load([]).settings.restarts_application
    assert not load(["--no-kiosk"]).settings.restarts_application
    assert load(["--no-kiosk", "--restart-app"]).settings.restarts_application


def test_every_setting_has_a_description() -> None:
    assert all(field.description for field in Settings.model_fields.values())


def test_the_document_lists_every_setting_with_its_default() -> None:
    document = (Path(__file__).parents[3] / "docs" / "settings.md").read_text("utf-8")
    for name, field in Settings.model_fields.items():
        default = field.default
        if isinstance(default, tuple):
            default = " ".join(default)
        shown = str(default).lower() if isinstance(default, bool) else str(default)
        cell = "" if field.default in (None, ()) else f"`{shown}`"
        assert f"| `{name}` | {cell} | {field.description} |" in document


def test_the_readme_is_short_enough_to_be_read() -> None:
    readme = (Path(__file__).parents[3] / "README.md").read_text("utf-8")
    assert len(readme.splitlines()) <= 150


@pytest.mark.parametrize("folder", ["/data/results", "../results", "a/../../b", "."])
def test_results_lie_below_files_root(folder: str) -> None:
    with pytest.raises(ConfigError, match=r"results.*: expected a folder below files_root"):
        load(["--results", folder])


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("https://desk.example.org", "https://desk.example.org/"),
        ("http://localhost:9601/napari", "http://localhost:9601/napari/"),
        ("http://[::1]:9601/", "http://[::1]:9601/"),
        ("", None),
    ],
)
def test_the_public_address_ends_in_a_slash(given: str, told: str | None) -> None:
    assert load(["--public-url", given]).settings.public_url == told


@pytest.mark.parametrize(
    "given", ["desk.example.org", "ftp://a/", "https://a/?token=x", "https://"]
)
def test_what_is_no_address_is_refused(given: str) -> None:
    with pytest.raises(ConfigError, match=r"--public-url=.*: expected an address"):
        load(["--public-url", given])

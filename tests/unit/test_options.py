"""What each room is told of the settings."""

from pathlib import Path

import pytest

from desktopd import config
from desktopd.budgets import DESCRIPTORS, Budget
from desktopd.config import ConfigError
from desktopd.confinement.confinement import Confinement
from desktopd.files.limits import UploadLimits
from desktopd.files.sharing import Rules
from desktopd.http.access.links import Links
from desktopd.options import budgets, http_options
from tests.few_descriptors import few_descriptors
from tests.session_options import session_options

BUDGETS = budgets(config.load([]).settings)


def test_where_descriptors_are_few_others_have_fewer_places(
    caplog: pytest.LogCaptureFixture,
) -> None:
    settings = config.load([]).settings
    with few_descriptors(1024):
        few = budgets(settings)
    caplog.clear()
    with few_descriptors(65536):
        many = budgets(settings)
    assert sum(few[budget].places * DESCRIPTORS[budget] for budget in Budget) <= 512
    assert all(few[budget].most > 0 for budget in Budget)
    assert {b: many[b].most for b in Budget} == {b: getattr(settings, f"most_{b}") for b in Budget}
    assert not caplog.text


def test_places_that_are_kept_for_owners_have_their_descriptors_too() -> None:
    settings = config.load([]).settings
    without = sum(getattr(settings, f"most_{b}") * DESCRIPTORS[b] for b in Budget)
    with few_descriptors(2 * without):
        few = budgets(settings)
    assert sum(few[b].places * DESCRIPTORS[b] for b in Budget) <= without


def nobody() -> None:
    """The last input of a desktop that nobody has used."""


def test_the_http_room_is_told_secrets_and_what_follows_from_auth(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DESKTOPD_VIEW_TOKEN", "look-but-do-not-touch")
    given = ["--auth", "none", "--allowed-hosts", "a.example", "--base-url", "/a"]
    told = http_options(config.load(given), "a token of our own", BUDGETS, None, nobody, Links())
    assert (told.auth, told.token, told.view_token, told.base_url) == (
        "none",
        "a token of our own",
        "look-but-do-not-touch",
        "/a/",
    )
    assert "token of our own" not in repr(told)


def test_targets_that_cannot_be_read_are_an_error_of_their_settings(folder: Path) -> None:
    given = ["--target-plugin", "no.such.Plugin", "--target-source", str(folder)]
    with pytest.raises(ConfigError, match="target_plugin, target_source: "):
        http_options(config.load(given), "t", BUDGETS, None, nobody, Links())


def test_the_native_server_is_the_usual_one_where_it_can_run(folder: Path) -> None:
    assert session_options(folder).rfb == "native"
    assert session_options(folder, "--rfb", "x11vnc").rfb == "x11vnc"
    assert session_options(folder, "--display", "xvnc").rfb == "xvnc"


def test_restarts_of_the_application_follow_kiosk(folder: Path) -> None:
    assert session_options(folder).restart_app
    assert not session_options(folder, "--no-kiosk").restart_app


def test_files_are_shared_as_the_settings_say(folder: Path) -> None:
    given = ["--files-root", str(folder), "--upload-limit", "5GB", "--files-for-viewers"]
    for files, rules in {
        "both": Rules(download=True, upload=True, for_viewers=True),
        "upload": Rules(download=False, upload=True, for_viewers=True),
        "download": Rules(download=True, upload=False, for_viewers=True),
    }.items():
        shared = http_options(
            config.load([*given, "--files", files]), "t", BUDGETS, None, nobody, Links()
        ).files
        assert shared is not None
        assert (shared.root.path, shared.rules) == (folder, rules)
        assert shared.staging.limits == UploadLimits(largest=5_000_000_000, free=100_000_000)
    for off in (["--files", "off"], ["--files-root", ""]):
        assert http_options(config.load(off), "t", BUDGETS, None, nobody, Links()).files is None


def test_a_files_root_that_is_not_there(folder: Path) -> None:
    loaded = config.load(["--files-root", str(folder / "x")])
    with pytest.raises(ConfigError, match=r"files_root='.*/x': no such folder; make it, or set"):
        http_options(loaded, "t", BUDGETS, None, nobody, Links())


def test_results_are_offered_where_files_may_leave(folder: Path) -> None:
    def folder_of(*given: str) -> str | None:
        loaded = config.load(["--files-root", str(folder), *given])
        files = http_options(loaded, "t", BUDGETS, None, nobody, Links()).files
        assert files is not None
        return str(files.results.folder) if files.results else None

    assert folder_of() == "results"
    assert folder_of("--results", "out/run 1/") == "out/run 1"
    assert folder_of("--results", "") is None
    assert folder_of("--files", "upload") is None
    with pytest.raises(ConfigError, match=r"results='a//b': an empty part of the path is no name"):
        folder_of("--results", "a//b")


def test_a_path_that_the_command_sets_for_napari_is_beside_the_companions(folder: Path) -> None:
    told = session_options(folder, "--app", "PYTHONPATH=/opt/mine napari").app_environment
    first, last = told["PYTHONPATH"].split(":")
    assert (Path(first).name, last) == ("hook", "/opt/mine")


def test_the_application_starts_where_the_files_are(folder: Path) -> None:
    assert session_options(folder, "--files-root", str(folder)).app_folder == folder
    assert session_options(folder).app_folder == Path.cwd()
    assert session_options(folder, "--files-root", "").app_folder is None


def test_under_lockdown_the_application_starts_where_its_user_has_no_files(folder: Path) -> None:
    data = folder / "data"
    data.mkdir()
    options = session_options(folder / "run", "--lockdown", "--files-root", str(data))
    assert options.app_folder == folder / "run" / "home"
    assert options.app_environment["DESKTOP_COMPANION_FILES"] == str(data)


def locked(folder: Path, *arguments: str) -> Confinement:
    (folder / "data").mkdir(exist_ok=True)
    given = ("--lockdown", "--files-root", str(folder / "data"), *arguments)
    options = session_options(folder / "run", *given)
    assert options.environment["DBUS_SESSION_BUS_ADDRESS"] == "disabled:"
    assert options.confinement is not None
    return options.confinement


def test_under_lockdown_the_application_has_its_own_folders_and_the_rest_is_secret(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = folder / "secret"
    secret.write_text("a secret of many words")
    monkeypatch.setenv("DESKTOPD_TOKEN_FILE", str(secret))
    (folder / "settings.toml").touch()
    told = locked(
        folder,
        *("--config", str(folder / "settings.toml"), "--session-dir", str(folder / "kept")),
        *("--samples", str(folder)),
    )
    run = folder / "run"
    assert (told.files, told.own) == (folder / "data", (run / "locked", folder / "kept/locked"))
    assert told.read == (folder,)
    assert set(told.secret) == {run, secret, folder / "settings.toml"}
    assert session_options(folder).confinement is None


def test_no_other_application_reads_what_a_locked_one_has_written(folder: Path) -> None:
    (folder / "data").mkdir()
    places = ("--files-root", str(folder / "data"), "--session-dir", str(folder / "kept"))
    open_, locked_ = (
        session_options(folder / "run", *places, *more).app_environment
        for more in ((), ("--lockdown",))
    )
    for name in ("SOCKET", "FOLDER", "SESSION"):
        place, told = Path(open_[f"DESKTOP_COMPANION_{name}"]), locked(folder, *places)
        assert not any(place.is_relative_to(one) for one in (told.settings, *told.own)), name
        assert place != Path(locked_[f"DESKTOP_COMPANION_{name}"]), name


def test_under_lockdown_nothing_is_there_at_the_next_start_but_the_session(folder: Path) -> None:
    given = ("--lockdown", "--files-root", str(folder / "data"))
    told = locked(folder)
    variables = session_options(folder / "run", *given).app_environment
    places = {name: Path(variables[f"DESKTOP_COMPANION_{name}"]) for name in ("FOLDER", "SESSION")}
    assert places["FOLDER"].is_relative_to(told.settings)
    assert any(places["SESSION"].is_relative_to(one) for one in told.own)


def test_under_lockdown_temporary_files_lie_apart_from_those_of_others(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TMPDIR", raising=False)
    assert locked(folder).temporary == folder / "run/tmp"
    monkeypatch.setenv("TMPDIR", str(folder))
    assert locked(folder).temporary == folder / "run/tmp"
    scratch = folder / "scratch"
    scratch.mkdir(mode=0o700)
    monkeypatch.setenv("TMPDIR", str(scratch))
    own = locked(folder).temporary
    assert own.parent == scratch
    assert locked(folder, "--runtime-dir", str(folder / "other")).temporary.parent == scratch
    assert locked(folder, "--runtime-dir", str(folder / "other")).temporary != own
    # Others put theirs there too, as in /tmp.
    scratch.chmod(0o1777)
    assert locked(folder).temporary == folder / "run/tmp"
    scratch.chmod(0o700)
    (folder / "data/tmp").mkdir(mode=0o700)
    monkeypatch.setenv("TMPDIR", str(folder / "data/tmp"))
    assert locked(folder).temporary == folder / "run/tmp"
    monkeypatch.setenv("TMPDIR", str(scratch))
    # A napari with programs puts back what lies there.
    assert locked(folder, "--session-dir", str(scratch / "kept")).temporary == folder / "run/tmp"
    (scratch / "ada").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(scratch / "ada"))
    assert locked(folder).temporary == folder / "run/tmp"


def test_under_lockdown_there_is_a_network_where_there_is_a_host(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("no_proxy", "localhost")
    assert not locked(folder).tcp
    assert locked(folder, "--open-hosts", "example.org").tcp
    monkeypatch.setenv("https_proxy", "http://proxy.example.org:3128")
    assert locked(folder).tcp


def test_samples_are_a_folder_that_is_there(folder: Path) -> None:
    told = session_options(folder, "--samples", str(folder)).app_environment
    assert told["DESKTOP_COMPANION_SAMPLES"] == str(folder)
    with pytest.raises(ConfigError, match=r"samples='/no/such': no such folder"):
        session_options(folder, "--samples", "/no/such")

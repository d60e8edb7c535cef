"""How the companion gets into a process: real Pythons, with a napari of one file."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from desktopd.applications.command import HOOK, CompanionPlace, companion_environment

NAPARI = {
    "napari/__init__.py": "__version__ = '1'\n",
    "napari/window.py": "print('the window is imported')\n",
}
IMPORT = "import napari.window; print(napari.window.__name__)"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    for name, text in NAPARI.items():
        path = tmp_path / "site" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "site"


def run(
    program: str, *path: Path, options: tuple[str, ...] = (), **environment: str
) -> subprocess.CompletedProcess[str]:
    variables = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    variables["PYTHONPATH"] = os.pathsep.join(map(str, path))
    return subprocess.run(
        [sys.executable, *options, "-c", program],
        env={**variables, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_without_a_place_nothing_happens(site: Path) -> None:
    done = run(IMPORT, HOOK, site)
    assert done.stdout == "the window is imported\nnapari.window\n"
    assert done.stderr == ""


def test_a_companion_that_fails_is_told_and_napari_goes_on(site: Path, folder: Path) -> None:
    # A file lies where the companion wants its folder.
    (folder / "companion").write_text("")
    place = companion_environment(CompanionPlace(folder), {}, restore=True, motion="smooth")
    done = run(IMPORT, Path(place.pop("PYTHONPATH")), site, **place)
    assert done.stdout == "the window is imported\nnapari.window\n"
    assert done.stderr.startswith("desktopd: napari runs without its companion:\n")
    assert "FileExistsError" in done.stderr
    assert done.returncode == 0


def test_kiosk_under_lockdown_nothing_runs_without_a_companion(site: Path, folder: Path) -> None:
    (folder / "companion").write_text("")
    place = companion_environment(
        CompanionPlace(folder, locked=True), {}, restore=True, motion="smooth"
    )
    done = run(IMPORT, Path(place.pop("PYTHONPATH")), site, **place)
    assert done.stdout == "the window is imported\n"
    assert done.stderr.startswith("desktopd: napari does not start without its companion:\n")
    assert done.returncode == 1


def test_a_python_without_desktopd_takes_it_from_beside_the_hook(site: Path, folder: Path) -> None:
    (folder / "companion").write_text("")
    place = companion_environment(CompanionPlace(folder), {}, restore=True, motion="smooth")
    # Without site-packages there is no desktopd; the hook is run as `site` would.
    program = f"import sys; sys.path[:0] = [{str(HOOK)!r}, {str(site)!r}]; import sitecustomize; "
    del place["PYTHONPATH"]
    done = run(program + IMPORT, options=("-I", "-S"), **place)
    assert "place.py" in done.stderr, done
    assert "FileExistsError" in done.stderr


def test_a_program_that_opens_no_napari_is_left_alone(site: Path) -> None:
    done = run("import sys, napari; print('desktopd' in sys.modules)", HOOK, site)
    assert done.stdout == "False\n"


def test_the_collector_of_garbage_waits_for_the_window(site: Path) -> None:
    (site / "napari" / "window.py").write_text("import gc; print(gc.get_threshold()[0])\n")
    program = (
        "import gc; print(gc.get_threshold()); import napari.window; print(gc.get_threshold())"
    )
    before, during, after = run(program, HOOK, site).stdout.splitlines()
    assert int(during) == 10_000
    assert after == before != ""
    kept = run("import gc, napari.window; print(gc.get_freeze_count() > 1000)", HOOK, site)
    assert kept.stdout.splitlines()[-1] == "True"


def test_the_sitecustomize_that_ours_hides_is_run(tmp_path: Path, site: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import sys; sys.hidden = __file__")
    program = "import sys; print(sys.hidden); print(sys.modules['sitecustomize'].__file__)"
    done = run(program, HOOK, site, tmp_path)
    assert done.stdout == f"{tmp_path / 'sitecustomize.py'}\n" * 2
    assert done.stderr == ""


def test_the_hook_is_no_place_to_import_from() -> None:
    done = run(f"import sys; print({str(HOOK)!r} in sys.path)", HOOK)
    assert done.stdout == "False\n"

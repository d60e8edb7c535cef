"""Where the companion lives, and that its traces leave the environment."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from desktopd.applications.command import CompanionPlace, companion_environment
from desktopd.integrations.napari.place import Place


@pytest.fixture
def environment(folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    place, path = CompanionPlace(folder, locked=True), {"PYTHONPATH": "/users/own"}
    files, samples = Path("/data"), Path("/samples")
    made = companion_environment(
        place,
        path,
        restore=True,
        motion="exact",
        files=files,
        samples=samples,
        hosts=("example.org", "*.example.net"),
    )
    for name, value in made.items():
        monkeypatch.setenv(name, value)
    return made


def test_what_the_daemon_gives_is_understood(folder: Path, environment: dict[str, str]) -> None:
    hook = environment["PYTHONPATH"].split(os.pathsep)[0]
    place = CompanionPlace(folder, locked=True)
    assert Place.take(hook) == Place(
        place.socket,
        place.present,
        place.sessions / "session",
        True,
        "exact",
        Path("/data"),
        Path("/samples"),
        ("example.org", "*.example.net"),
        True,
    )


def test_restore_can_be_off(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = companion_environment(CompanionPlace(folder), {}, restore=False, motion="smooth")
    for name, value in made.items():
        monkeypatch.setenv(name, value)
    taken = Place.take(made["PYTHONPATH"])
    assert taken is not None
    assert not taken.restore
    assert taken.files is taken.samples is None
    assert not taken.lockdown


def test_a_session_may_be_kept_elsewhere(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = CompanionPlace(folder, Path("/home/ada/kept"))
    for name, value in companion_environment(kept, {}, restore=True, motion="smooth").items():
        monkeypatch.setenv(name, value)
    taken = Place.take("/hook")
    assert taken is not None
    assert (taken.session, taken.folder) == (Path("/home/ada/kept"), kept.sessions)


def test_what_napari_starts_gets_no_companion(environment: dict[str, str]) -> None:
    Place.take(environment["PYTHONPATH"].split(os.pathsep)[0])
    assert os.environ["PYTHONPATH"] == "/users/own"
    assert not [name for name in os.environ if name.startswith("DESKTOP_COMPANION")]
    assert Place.take("/hook") is None


def test_one_process_at_a_time_has_the_place(folder: Path, environment: dict[str, str]) -> None:
    place = Place.take("/hook")
    assert place is not None
    held = place.claim()
    assert held is not None
    assert place.claim() is None
    held.close()
    again = place.claim()
    assert again is not None
    again.close()


def test_a_killed_process_gives_the_place_up(folder: Path, environment: dict[str, str]) -> None:
    program = (
        "from desktopd.integrations.napari.place import Place\n"
        "import sys, time\n"
        "lock = Place.take('/hook').claim()\n"
        "print('taken', lock is not None, flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"taken True\n"
        place = Place.take("/hook")
        assert place is not None
        assert place.claim() is None
        child.kill()
        child.wait()
        lock = place.claim()
    assert lock is not None
    lock.close()

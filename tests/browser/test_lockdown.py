"""Kiosk under lockdown: a real napari, tried by keys and mouse; only allowed programs run."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from PIL import Image

from desktopd.confinement.landlock import abi
from tests.browser.napari_desktop import WITHIN, Napari, running
from tests.daemon import short_folder, until

pytestmark = pytest.mark.timeout(300)
# An image whose second plane lies in another file.
OME = """<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06" UUID="{ours}"><Image
ID="Image:0"><Pixels ID="Pixels:0" DimensionOrder="XYZCT" Type="uint16" SizeX="16" SizeY="16"
SizeC="1" SizeZ="2" SizeT="1"><Channel ID="Channel:0:0" SamplesPerPixel="1"/><TiffData IFD="0"
FirstZ="0" PlaneCount="1"><UUID FileName="both.ome.tif">{ours}</UUID></TiffData><TiffData IFD="0"
FirstZ="1" PlaneCount="1"><UUID FileName="{name}">{other}</UUID></TiffData></Pixels></Image></OME>
"""
PROGRAMS = Path(__file__).parent / "programs"
PROBED = PROGRAMS / "probed_napari.py"
SETTINGS = "settings.yaml"


class Locked(Napari):
    """napari under lockdown, and what it notes of itself."""

    def __init__(self, folder: Path, program: Path = PROBED, *arguments: object) -> None:
        place = folder / "bin"
        place.mkdir()
        shutil.copy(program, place / "napari")
        self.notes = folder / "data" / "notes.json"
        # What is tried there is not for the napari of whoever runs this.
        settings = f"NAPARI_CONFIG={folder / 'data' / SETTINGS}"
        words = ("env", settings, sys.executable, place / "napari", self.notes, *arguments)
        command = " ".join(map(str, words))
        super().__init__(folder, command, lockdown=True, display="xvfb", restore=False)

    def told(self) -> dict[str, Any]:
        return dict(json.loads(self.notes.read_text()))

    def xdotool(self, *arguments: object) -> None:
        argv = ["xdotool", *map(str, arguments)]
        subprocess.run(argv, env=self.daemon.environment(), check=True, timeout=20)

    def type(self, text: str) -> None:
        """Type a line in what has the focus, in the place of what is there."""
        self.xdotool("key", "ctrl+a")
        self.xdotool("type", "--delay", 5, text)
        self.xdotool("key", "Return")

    def titles(self) -> set[str]:
        return {window["title"] for window in self.daemon.session()["windows"]}

    def settled(self) -> dict[str, Any]:
        """What it notes once it has taken up all input so far."""
        now = self.told()["turn"]
        until(lambda: self.told()["turn"] > now + 1, WITHIN, "a note")
        return self.told()


@pytest.fixture(scope="module")
def napari() -> Iterator[Locked]:
    with short_folder() as folder:
        locked = Locked(folder)
        try:
            locked.ready()
            until(locked.notes.exists, WITHIN, "a note")
            until(lambda: locked.daemon.request("GET", "/readyz").status_code == 200, WITHIN)
            yield locked
        except AssertionError as error:
            raise AssertionError(f"{error}\n{locked.daemon.logs()}") from None
        finally:
            locked.daemon.stop()


def programs(pid: int) -> set[str]:
    """The names of the programs below a process."""
    told = subprocess.run(
        ["ps", "-eo", "pid=,ppid=,comm="], capture_output=True, text=True, check=True
    ).stdout
    rows = [line.split(None, 2) for line in told.splitlines()]
    below, names = {str(pid)}, set()
    grown = True
    while grown:
        new = {row[0] for row in rows if row[1] in below} - below
        below |= new
        grown = bool(new)
    names = {row[2] for row in rows if row[0] in below}
    return names - {"ps"}


def test_kiosk_keys_and_clicks_leave_only_the_allowed_programs(napari: Locked) -> None:
    before, pid = programs(napari.daemon.process.pid), napari.pid()
    windows = napari.titles()
    for keys in ("alt+F4", "ctrl+alt+BackSpace", "ctrl+shift+c", "alt+Tab", "super", "alt+F2"):
        napari.xdotool("key", keys)
    napari.xdotool("key", "ctrl+alt+t", "ctrl+alt+F1", "alt+space", "Escape")
    for button in (1, 2, 3):
        # The root, as far as it can be reached, and the corners of the window.
        for place in ((0, 719), (1279, 719), (0, 0)):
            napari.xdotool("mousemove", *place, "click", button, "key", "Escape", "Escape")
    told = napari.settled()
    assert programs(napari.daemon.process.pid) == before
    assert napari.pid() == pid
    assert napari.titles() == windows
    assert not told["console"]
    assert not told["button"]
    assert told["modules"] == []


def test_kiosk_console_and_plugin_manager_are_in_no_menu(napari: Locked) -> None:
    entries = {text.replace("&", "") for text in napari.told()["entries"]}
    assert "Open File(s)..." in entries
    assert "Layer List" in entries
    assert not {one for one in entries if "onsole" in one or "Install" in one or "Trace" in one}


def test_kiosk_scripts_do_not_run(napari: Locked) -> None:
    made = napari.data / "made-by-script"
    (napari.data / "run.py").write_text(f"open({str(made)!r}, 'w')")
    answer = napari.ask("POST", "/open", json={"path": "run.py"})
    assert answer.status_code == 422, answer.text
    assert "scripts are off" in answer.json()["error"]
    assert not made.exists()


def test_kiosk_no_script_is_named_for_the_next_start(napari: Locked) -> None:
    napari.xdotool("mousemove", 640, 400, "key", "F10")
    settings = napari.data / SETTINGS
    until(lambda: settings.exists() and "playback_fps: 7" in settings.read_text(), WITHIN)
    assert "startup_script" not in settings.read_text()
    assert napari.settled()["start-up script"] == "."
    napari.xdotool("key", "ctrl+shift+p")
    napari.xdotool("type", "--delay", 5, "preferences")
    napari.xdotool("key", "Return")
    until(lambda: "Dask cache" in napari.told()["preferences"], 30, "preferences")
    assert not {one for one in napari.told()["preferences"] if "script" in one}
    napari.xdotool("key", "Escape")


def test_kiosk_a_script_that_settings_name_neither_runs_nor_keeps_napari_from_its_start() -> None:
    settings = "env NAPARI_CONFIG={data}/settings.yaml"
    with running(f"{settings} napari", lockdown=True, display="xvfb", restore=False) as napari:
        script, made = napari.data / "start.py", napari.data / "made"
        script.write_text(f"open({str(made)!r}, 'w')")
        (napari.data / SETTINGS).write_text(f"application:\n  startup_script: {script}\n")
        pid = napari.pid()
        assert napari.ask("POST", "/restart").status_code == 204
        napari.ready(after=pid)
        assert not made.exists()


def test_kiosk_what_is_put_where_python_looks_for_code_is_not_found(napari: Locked) -> None:
    assert not Path(f"/proc/{napari.pid()}/cwd").resolve().is_relative_to(napari.data)


def test_kiosk_a_traceback_offers_no_debugger(napari: Locked) -> None:
    assert not str(napari.told()["debugger"]).startswith("napari")


def test_kiosk_file_dialogs_stay_in_their_folder(napari: Locked) -> None:
    root = str(napari.data)
    (napari.data / "below").mkdir(exist_ok=True)
    (napari.data / "out").symlink_to("/etc")
    napari.xdotool("mousemove", 640, 400)
    napari.xdotool("key", "ctrl+o")
    until(lambda: napari.told()["dialog"] == root, WITHIN, "a dialog in its folder")
    until(lambda: napari.told()["aside"] == [root], WITHIN, "nothing else aside")
    for outside in ("/etc", "/etc/passwd", "..", "~", "out", f"{root}/../../..", "out/passwd"):
        napari.type(outside)
        assert napari.settled()["dialog"] == root, outside
    assert napari.told()["layers"] == []
    napari.type("cells.tif")
    until(lambda: napari.told()["layers"] == ["cells"], WITHIN, "a layer")
    assert napari.told()["dialog"] is None


def test_kiosk_no_key_has_a_dialog_answer_a_name_elsewhere(napari: Locked) -> None:
    root = str(napari.data)
    elsewhere = napari.data.parent / "elsewhere.csv"
    for text, keys in (
        (f'"{elsewhere}', ["Return"]),
        (elsewhere, ["alt+s"]),
        (elsewhere, ["Tab", "Return"]),
        (elsewhere, ["Tab", "Tab", "Return"]),
    ):
        napari.xdotool("mousemove", 640, 400, "key", "F9")
        until(lambda: napari.told()["dialog"] == root, WITHIN, "a dialog in its folder")
        until(lambda: napari.told()["aside"] == [root], WITHIN, "nothing else aside")
        napari.xdotool("key", "ctrl+a")
        napari.xdotool("type", "--delay", 5, text)
        napari.xdotool("key", *keys)
        assert str(elsewhere) not in napari.settled()["answers"], keys
        napari.xdotool("key", "Escape")
        until(lambda: napari.told()["dialog"] is None, WITHIN, "no dialog")
    napari.xdotool("mousemove", 640, 400, "key", "F9")
    until(lambda: napari.told()["aside"] == [root], WITHIN, "a dialog")
    napari.type("here.csv")
    until(lambda: str(napari.data / "here.csv") in napari.told()["answers"], WITHIN, "a name")


def test_kiosk_no_dialog_renames_deletes_or_makes_anything(napari: Locked) -> None:
    (napari.data / "plain").mkdir()
    napari.xdotool("mousemove", 640, 400, "key", "F9")
    until(lambda: "plain" in napari.told()["listed"], WITHIN, "a dialog with the folder")
    until(lambda: napari.told()["aside"], WITHIN, "a dialog that is confined")
    folders = {path.name for path in napari.data.iterdir() if path.is_dir()}
    napari.xdotool("mousemove", *napari.settled()["listed"]["plain"], "click", 1)
    napari.xdotool("key", "Delete")
    napari.settled()
    napari.xdotool("key", "alt+y")
    napari.settled()
    assert {path.name for path in napari.data.iterdir() if path.is_dir()} == folders
    napari.xdotool("key", "F2")
    napari.settled()
    napari.xdotool("key", "ctrl+a")
    # Nothing else there begins like it, which the keys would choose.
    napari.xdotool("type", "--delay", 5, "zebra")
    napari.xdotool("key", "Return")
    assert napari.settled()["makes folders"] == [False]
    assert {path.name for path in napari.data.iterdir() if path.is_dir()} == folders

    def closed() -> bool:
        napari.xdotool("key", "Escape")
        return napari.settled()["dialog"] is None

    until(closed, WITHIN, "no dialog")


def test_kiosk_an_image_brings_no_other_from_elsewhere(napari: Locked) -> None:
    ours, other = (f"urn:uuid:{n * 8}-{n * 4}-{n * 4}-{n * 4}-{n * 12}" for n in "12")
    with tempfile.TemporaryDirectory(dir="/var/tmp") as elsewhere:
        secret = np.full((16, 16), 77, np.uint16)
        tifffile.imwrite(Path(elsewhere, "secret.ome.tif"), secret)
        description = OME.format(ours=ours, other=other, name=f"{elsewhere}/secret.ome.tif")
        picture = napari.data / "both.ome.tif"
        tifffile.imwrite(picture, 0 * secret, description=description, metadata=None)
        assert tifffile.imread(picture).max() == 77
        answer = napari.ask("POST", "/open", json={"path": "both.ome.tif"})
    assert answer.status_code == 200, answer.text
    assert answer.json()["layers"][0]["contrast_limits"][1] < 77


def test_kiosk_layers_are_saved_by_the_dialog(napari: Locked) -> None:
    if "cells" not in napari.told()["layers"]:
        napari.open("cells.tif")
    napari.xdotool("mousemove", 640, 400, "key", "ctrl+s")
    until(lambda: napari.told()["dialog"] == str(napari.data), WITHIN, "a dialog")
    until(lambda: napari.told()["aside"], WITHIN, "a dialog that is confined")
    napari.type("saved.tif")
    until(lambda: any(napari.data.rglob("saved*")), WITHIN, "a file")


def test_kiosk_no_name_of_a_layer_has_it_saved_elsewhere(napari: Locked) -> None:
    napari.xdotool("mousemove", 640, 400, "key", "F11")
    until(lambda: any("aside" in one for one in napari.told()["answers"]), 30, "an answer")
    answers = napari.settled()["answers"]
    assert "aside: False" in answers
    assert any(one.startswith("refused: ") for one in answers)
    assert {path.name for path in (napari.data / "both").iterdir()} == {"beside.csv", "below.csv"}


@pytest.fixture(scope="module")
def tried() -> Iterator[dict[str, Any]]:
    """What came of each try of a napari whose readers, say, do as they like."""
    if abi() < 6:
        pytest.skip("this kernel keeps less")
    with short_folder() as folder, tempfile.TemporaryDirectory(dir="/var/tmp") as elsewhere:
        Image.new("RGB", (300, 20)).save(Path(elsewhere, "picture.png"))
        Path(elsewhere, "secret").write_text("untouched")
        napari = Locked(folder, PROGRAMS / "attacking_napari.py", elsewhere)
        try:
            until(napari.notes.exists, WITHIN, "the tries")
            left = {path.name for path in Path(elsewhere).iterdir()}
            yield {
                **napari.told(),
                "left elsewhere": left,
                "secret": Path(elsewhere, "secret").read_text(),
                "runtime folder": folder / "run",
            }
        except AssertionError as error:
            raise AssertionError(f"{error}\n{napari.daemon.logs()}") from None
        finally:
            napari.daemon.stop()


def test_kiosk_the_kernel_refuses_what_python_is_not_asked_for(tried: dict[str, Any]) -> None:
    refused = ("EACCES", "EPERM", "EXDEV")
    assert {name: told for name, told in tried["tries"].items() if told not in refused} == {
        "a picture of Qt": "nothing",
        "a picture in Qt's text": "nothing",
    }
    assert len(tried["tries"]) > 40
    assert tried["left elsewhere"] == {"picture.png", "secret"}
    assert tried["secret"] == "untouched"


def test_kiosk_no_descriptor_leads_out(tried: dict[str, Any]) -> None:
    run = tried["runtime folder"]
    files = {path for path in map(Path, tried["open files"]) if path.is_absolute()}
    outside = {path for path in files if not path.is_relative_to(run / "settings")}
    assert outside <= {Path("/dev/null"), Path("/dev/urandom"), run / "application.log"}


def test_kiosk_a_napari_behind_the_wall_comes_back_as_any_other() -> None:
    with running("napari", lockdown=True, display="xvfb") as napari:
        napari.open("cells.tif")
        napari.saved()
        pid = napari.pid()
        assert napari.ask("POST", "/restart").status_code == 204
        napari.ready(after=pid)
        assert list(napari.layers()) == ["cells"]
        assert napari.ask("GET", "/screenshot").status_code == 200
        napari.saved()
        napari.daemon.kill()
        napari.daemon.start()
        napari.ready()
        assert list(napari.layers()) == ["cells"]


def test_kiosk_nothing_that_a_napari_leaves_keeps_the_next_one_from_its_start() -> None:
    with running("napari", lockdown=True, display="xvfb") as napari:
        napari.open("cells.tif")
        napari.saved()
        run, pid = napari.daemon.folder / "run", napari.pid()
        for name in ("settings/sock", "settings/lock"):
            (run / name).unlink()
        (run / "settings/sock").mkdir()
        os.mkfifo(run / "settings/lock")
        (run / "locked/session/session.json").write_text("[" * 100_000)
        napari.kill()
        napari.ready(after=pid)
        assert napari.layers() == {}
        napari.open("cells.tif")
        napari.saved()

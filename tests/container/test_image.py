"""The image as people run it: plainly, hardened, as any user, and with another application."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.container.container import Container, Picture
from tests.container.engine import Docker, DockerError
from tests.daemon import until

# The first test builds the image.
pytestmark = pytest.mark.timeout(1800)

Start = Callable[..., Container]

HARDENED = (
    *("--read-only", "--tmpfs=/tmp", "--tmpfs=/run", "--cap-drop=ALL"),
    *("--security-opt=no-new-privileges", "--user=123456:0"),
)
LISTENING = "0A"
MOST_BYTES = 1_100_000_000
ACCEPTS_CONNECTIONS = 0x10000


def assert_shows_napari(container: Container) -> None:
    """A large black canvas, panels around it, and writing with its many shades."""

    def is_shown() -> bool:
        """The window has painted when the application is ready, its last panel soon after."""
        picture = container.screenshot()
        black = (picture == 0).all(axis=-1).mean()
        return 0.3 < black < 0.9 and count_colours(picture) > 100

    until(is_shown, 30, "napari's canvas and panels")


def count_colours(picture: Picture) -> int:
    return len(np.unique(picture.reshape(-1, 3), axis=0))


def test_napari_paints(start: Start) -> None:
    container = start()
    session = container.ready()
    assert session["app"]["command"] == "napari"
    assert_shows_napari(container)
    container.run("python", "/opt/desktopd/container/healthcheck")


CONSOLE = "import napari; console = napari.Viewer(show=False).window._qt_viewer.console; \
console.execute('answer = 6 * 7'); print(console.shell.user_ns['answer'])"


def test_the_image_lacks_nothing_that_it_needs(docker: Docker, image: str) -> None:
    """What container/trim and container/trim-packages took out nobody misses."""

    def inside(*command: str) -> str:
        options = ("--rm", "--env=QT_QPA_PLATFORM=offscreen", f"--entrypoint={command[0]}")
        return docker("run", *options, image, *command[1:], seconds=300)

    assert inside("python", "-c", CONSOLE).splitlines()[-1] == "42"
    assert inside("pip", "check") == "No broken requirements found."
    assert "unmet" not in inside("apt-get", "--simulate", "check")
    assert int(docker("image", "inspect", image, "--format={{.Size}}")) < MOST_BYTES


def test_napari_paints_in_a_hardened_container(start: Start) -> None:
    container = start(options=HARDENED)
    container.ready()
    assert_shows_napari(container)
    status = dict(
        line.split(":\t", 1) for line in container.run("cat", "/proc/1/status").splitlines()
    )
    assert status["Uid"].split() == ["123456"] * 4
    assert int(status["CapBnd"], 16) == int(status["CapEff"], 16) == 0
    assert status["NoNewPrivs"] == "1"
    container.run("python", "/opt/desktopd/container/healthcheck")


def test_files_go_to_data(start: Start) -> None:
    container = start(options=("--user=123456:0",))
    container.ready()
    answer = container.request("PUT", "/api/files/plates/a.txt", content=b"here")
    assert answer.status_code == 201, answer.text
    assert container.run("cat", "/data/plates/a.txt") == "here"
    assert container.request("GET", "/api/files/").json()["root"] == "/data"


OPEN_DIALOG = "from qtpy.QtWidgets import QApplication as A, QFileDialog as D; a = A([]); d = D(); \
d.setOption(D.Option.DontUseNativeDialog); d.show(); print(*[u.path() for u in d.sidebarUrls()])"


def test_a_folder_that_cannot_be_written_is_told_and_samples_are_at_hand(
    start: Start, folder: Path
) -> None:
    (folder / "mine").mkdir()
    folder.chmod(0o755)
    container = start(options=("--user=4321:0", f"--volume={folder / 'mine'}:/data"))
    container.ready()
    (problem,) = container.session()["obstacles"]
    assert problem["error"].startswith("User 4321 cannot write to /data")
    assert f"{problem['error']}; {problem['remedy']}" in container.logs()
    shown = container.run("env", "QT_QPA_PLATFORM=offscreen", "python", "-c", OPEN_DIALOG)
    assert shown.split()[-2:] == ["/data", "/opt/desktopd/samples"]


def test_only_8888_listens(start: Start) -> None:
    container = start()
    container.ready()
    sockets = [
        line.split()
        for table in ("tcp", "tcp6", "udp", "udp6")
        for line in container.run("cat", f"/proc/net/{table}").splitlines()[1:]
    ]
    listening = [int(row[1].rpartition(":")[2], 16) for row in sockets if row[3] == LISTENING]
    bound = [int(row[1].rpartition(":")[2], 16) for row in sockets if row[3] == "07"]
    assert (set(listening), bound) == ({8888}, [])
    rows = [line.split() for line in container.run("cat", "/proc/net/unix").splitlines()[1:]]
    assert rows
    abstract = [row for row in rows if row[-1].startswith("@")]
    assert not [row for row in abstract if int(row[3], 16) & ACCEPTS_CONNECTIONS]


def test_supervisord_is_pid_1_and_has_desktopd_alone(start: Start) -> None:
    container = start()
    container.ready()
    command = container.run("cat", "/proc/1/cmdline").split("\0")
    assert Path(command[1]).name == "supervisord"
    child = container.run("cat", "/proc/1/task/1/children").split()
    assert len(child) == 1
    assert "bin/desktopd" in container.run("cat", f"/proc/{child[0]}/cmdline")


def test_a_killed_daemon_comes_back_to_its_desktop(start: Start) -> None:
    container = start()
    before = container.ready()["services"]
    container.run("sh", "-c", "kill -KILL $(cat /proc/1/task/1/children)")
    container.ready()

    def services() -> list[tuple[str, int]]:
        return [(service["name"], service["pid"]) for service in container.session()["services"]]

    assert services() == [(service["name"], service["pid"]) for service in before]


def test_stop_takes_less_than_five_seconds(start: Start) -> None:
    container = start()
    container.ready()
    assert container.stop(5) == 0


def test_bad_settings_end_the_container(docker: Docker, image: str) -> None:
    with pytest.raises(DockerError, match=r"status 2\n.*--size='big': expected WIDTHxHEIGHT"):
        docker("run", "--rm", image, "--size", "big")


def test_another_application_for_any_user(start: Start) -> None:
    title = """two  words, 50% "so" & 'so'"""
    quoted = "'" + title.replace("'", "'\"'\"'") + "'"
    arguments = ("--no-kiosk", "--app", f"xterm -title {quoted}")
    container = start(*arguments, options=("--user=54321", "--env=DESKTOPD_SIZE=800x600"))
    session = container.ready()
    assert session["app"]["command"] == arguments[-1]
    assert (session["display"]["width"], session["display"]["height"]) == (800, 600)
    pid = next(s["pid"] for s in session["services"] if s["name"] == "application")
    assert container.run("cat", f"/proc/{pid}/cmdline").split("\0")[2] == title
    assert re.search(r"^Uid:\s+54321\b", container.run("cat", f"/proc/{pid}/status"), re.MULTILINE)


def test_orphans_leave_no_zombies(start: Start) -> None:
    container = start("--app", "xterm")
    container.ready()
    orphans = "import os\nfor _ in range(300):\n if not os.fork(): os.fork(); os._exit(0)"
    container.run("python", "-c", orphans)
    until(lambda: container.zombies() == 0, 60, "reaping")


def test_a_derived_image_takes_three_lines(
    docker: Docker, image: str, start: Start, folder: Path
) -> None:
    derived = f"{image}-derived"
    (folder / "Dockerfile").write_text(
        f"FROM {image}\n"
        "RUN pip install pyqtgraph\n"
        "ENV DESKTOPD_APP='python -m pyqtgraph.examples.Plotting'\n"
    )
    docker("build", "--network=host", f"--tag={derived}", ".", seconds=300, folder=folder)
    try:
        container = start(image=derived)
        session = container.ready()
        assert session["app"]["command"] == "python -m pyqtgraph.examples.Plotting"
        until(lambda: count_colours(container.screenshot()) > 50, 30, "the plots")
        container.remove()
    finally:
        docker("image", "rm", "--force", derived)

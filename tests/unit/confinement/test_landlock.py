"""What the kernel keeps from a process behind a wall; in processes of their own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from desktopd.confinement.landlock import READ, RUN, WRITE, Rule, Wall, abi, behind, lacking

needs = pytest.mark.skipif(abi() < 6, reason="this kernel keeps less")
PYTHON = [Path(p) for p in ("/usr", "/lib", "/lib64", "/bin", "/etc", sys.prefix, sys.base_prefix)]


def tried(code: str, *rules: Rule, tcp: bool = False, abstract: bool = False) -> str:
    """The last line of a Python that runs `code` behind a wall."""
    system = tuple(Rule(place.resolve(), RUN) for place in PYTHON)
    wall = Wall((*system, *rules), tcp, abstract)
    argv = [sys.executable, "-I", "-c", f"import os, socket\n{code}\nprint('done')"]
    done = behind(
        wall, lambda: subprocess.run(argv, capture_output=True, text=True, stdin=subprocess.PIPE)
    )
    return (done.stdout + done.stderr).strip().splitlines()[-1]


@pytest.fixture
def places(folder: Path) -> tuple[Path, Path]:
    """A folder that is allowed, and one that is not."""
    for name in ("inside", "outside"):
        (folder / name).mkdir()
        (folder / name / "file").write_text("x")
    return folder / "inside", folder / "outside"


@needs
@pytest.mark.parametrize(
    "code",
    [
        "open({}/'file')",
        "open({}/'file', 'a')",
        "open({}/'new', 'w')",
        "os.listdir({})",
        "os.truncate({}/'file', 0)",
        "os.unlink({}/'file')",
        "os.mkdir({}/'folder')",
        "os.symlink('/', {}/'link')",
        "os.mkfifo({}/'pipe')",
        "os.rename({}/'file', {}/'other')",
        "socket.socket(socket.AF_UNIX).bind(str({}/'socket'))",
    ],
)
def test_rights_are_those_of_a_rule(places: tuple[Path, Path], code: str) -> None:
    rule = Rule(places[0], READ | WRITE)
    begin = "from pathlib import Path\n"
    for place, told in zip(places, ("done", "PermissionError"), strict=True):
        assert tried(begin + code.replace("{}", f"Path({str(place)!r})"), rule).startswith(told)


@needs
def test_a_name_that_leads_out_is_outside(places: tuple[Path, Path]) -> None:
    inside, outside = places
    (inside / "link").symlink_to(outside / "file")
    rule = Rule(inside, READ | WRITE)
    for code in (
        f"open('{inside}/link')",
        f"open('/proc/self/root{outside}/file')",
        f"open('{inside}/../outside/file')",
        f"os.rename('{outside}/file', '{inside}/moved')",
        f"os.rename('{inside}/file', '{outside}/moved')",
    ):
        assert tried(code, rule, Rule(Path("/proc"), READ)).startswith("PermissionError"), code
    assert tried(f"os.link('{outside}/file', '{inside}/l')", rule).startswith("OSError: [Errno 18]")


@needs
def test_a_rule_of_a_link_is_none(places: tuple[Path, Path]) -> None:
    inside, outside = places
    (inside / "link").symlink_to(outside)
    assert tried(f"open('{outside}/file')", Rule(outside, READ)) == "done"
    assert tried(f"open('{outside}/file')", Rule(inside / "link", READ)).startswith("Permission")


@needs
def test_programs_are_those_of_the_rules(places: tuple[Path, Path]) -> None:
    program = places[0] / "program"
    program.write_bytes(Path("/bin/true").read_bytes())
    program.chmod(0o700)
    for access, told in ((RUN, "done"), (READ | WRITE, "PermissionError")):
        code = f"import subprocess\nsubprocess.run(['{program}'], check=True)"
        null = Rule(Path("/dev/null"), READ | WRITE)
        assert tried(code, Rule(places[0], access), null).startswith(told)


@needs
def test_other_processes_hear_and_tell_nothing(places: tuple[Path, Path]) -> None:
    ours, proc = os.getpid(), Rule(Path("/proc"), READ)
    assert tried(f"os.kill({ours}, 0)").startswith("PermissionError")
    assert tried("os.kill(os.getpid(), 0)") == "done"
    for name in ("environ", "mem", "maps", "root/etc/hosts", "cwd/pyproject.toml", "fd/0"):
        assert tried(f"open('/proc/{ours}/{name}')", proc).startswith("PermissionError"), name


@needs
def test_connections_are_those_that_are_left() -> None:
    with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(socket.AF_UNIX) as abstract:
        abstract.bind(f"\0desktopd-test-{os.getpid()}")
        abstract.listen()
        code = f"socket.create_connection({tcp.getsockname()!r})"
        assert tried(code).startswith("PermissionError")
        assert tried(code, tcp=True) == "done"
        assert tried("socket.create_server(('127.0.0.1', 0))").startswith("PermissionError")
        code = f"socket.socket(socket.AF_UNIX).connect({abstract.getsockname()!r})"
        assert tried(code).startswith("PermissionError")
        assert tried(code, abstract=True) == "done"


@needs
def test_whoever_starts_something_behind_a_wall_stays_before_it(folder: Path) -> None:
    behind(Wall((), False, False), lambda: None)
    (folder / "file").write_text("x")
    os.kill(os.getppid(), 0)


@needs
def test_root_keeps_what_its_own_files_take(folder: Path) -> None:
    code = "print(open('/proc/self/status').read().split('CapEff:')[1].split()[0])"
    told = tried(f"{code}\nraise SystemExit", Rule(Path("/proc"), READ))
    assert int(told, 16) & ~0b11011 == 0


def test_what_a_kernel_does_not_keep_is_told() -> None:
    assert lacking(0).startswith("there is no Landlock")
    assert lacking(1) == (
        "Landlock 1 does not keep files from being shortened, TCP, devices' own commands, "
        "signals and abstract sockets"
    )
    assert lacking(4).endswith("keep devices' own commands, signals and abstract sockets")
    assert lacking(6) == lacking(9) == ""


@pytest.mark.parametrize("version", range(1, 8))
def test_a_wall_of_every_version_is_made(
    folder: Path, version: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    if version > abi():
        pytest.skip("newer than this kernel")
    monkeypatch.setattr("desktopd.confinement.landlock.abi", lambda: version)
    (folder / "file").write_text("x")
    assert tried(f"open('{folder}/file')").startswith("PermissionError")
    assert tried(f"open('{folder}/file')", Rule(folder, READ)) == "done"

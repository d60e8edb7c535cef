"""What Landlock has no word for, in processes of their own behind a wall: a filter stays."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from desktopd.confinement.landlock import READ, RUN, WRITE, Rule, Wall, abi, behind
from desktopd.confinement.seccomp.tables import own_table

pytestmark = pytest.mark.skipif(
    not abi() or own_table() is None, reason="this kernel has no walls, or this machine no filter"
)
BEGIN = """
import ctypes, fcntl, os, resource, signal, socket
libc = ctypes.CDLL(None, use_errno=True)
def called(number, *arguments):
    if libc.syscall(number, *arguments) < 0:
        raise OSError(ctypes.get_errno(), 'refused')
"""


@pytest.fixture
def place(folder: Path) -> Path:
    """A folder that may be written, with a file."""
    (folder / "file").write_text("x")
    return folder


def free(place: Path, code: str) -> str:
    """The last line of a Python that runs `code` in `place`."""
    argv = [sys.executable, "-I", "-c", f"{BEGIN}\n{code}\nprint('done')"]
    done = subprocess.run(argv, cwd=place, capture_output=True, text=True)
    return (done.stdout + done.stderr).strip().splitlines()[-1]


def tried(place: Path, code: str, *, tcp: bool = False) -> str:
    """That of one that may write `place` alone."""
    rules = (Rule(Path("/"), RUN), Rule(place.resolve(), READ | WRITE))
    return behind(Wall(rules, tcp, abstract_sockets=False), lambda: free(place, code))


@pytest.mark.parametrize(
    "code",
    [
        "socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262).connect(address)",
        "socket.socket().sendto(b'x', socket.MSG_FASTOPEN, address)",
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(address)",
        "socket.socket().listen()",
    ],
)
def test_without_hosts_nothing_goes_out_or_comes_in(place: Path, code: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as host:
        begin = f"address = {host.getsockname()}\n"
        assert tried(place, begin + code).startswith("PermissionError")
        host.setblocking(False)
        with pytest.raises(BlockingIOError):
            host.accept()


def test_with_hosts_there_is_a_network(place: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as host:
        code = f"socket.socket().connect({host.getsockname()})"
        assert tried(place, code, tcp=True) == "done"
    for family in ("VSOCK", "PACKET"):
        code = f"socket.socket(socket.AF_{family}, socket.SOCK_DGRAM)"
        assert tried(place, code, tcp=True).startswith("PermissionError")


@pytest.mark.parametrize("kind", ["F_WRLCK", "F_RDLCK"])
def test_nobody_has_others_wait_who_open_a_file(place: Path, kind: str) -> None:
    code = f"fcntl.fcntl(os.open('file', os.O_RDONLY), fcntl.F_SETLEASE, fcntl.{kind})"
    assert tried(place, code).startswith("PermissionError")


@pytest.mark.parametrize(
    "code",
    [
        "os.chmod('file', 0o4755)",
        "os.chmod('file', 0o2755)",
        "os.fchmod(os.open('file', os.O_RDONLY), 0o4755)",
        "os.chmod('file', 0o4755, dir_fd=os.open('.', os.O_RDONLY))",
        "os.open('new', os.O_CREAT | os.O_WRONLY, 0o6755)",
        "os.open('.', os.O_TMPFILE | os.O_WRONLY, 0o4755)",
        "os.mknod('new', 0o104755)",
        "called(452, -100, b'file', 0o4755, 0)",
    ],
)
def test_nobody_else_runs_a_file_as_its_owner(place: Path, code: str) -> None:
    assert tried(place, code).startswith("PermissionError")
    assert not [path for path in place.iterdir() if path.stat().st_mode & 0o6000]


def test_no_new_call_goes_past_that(place: Path) -> None:
    code = "called(437, -100, b'new', (ctypes.c_uint64 * 3)(0o101, 0o4755, 0), 24)"
    assert tried(place, code).startswith("OSError: [Errno 38]")
    assert tried(place, "called(425, 1, ctypes.create_string_buffer(120))").startswith("Permission")


def test_neither_keys_nor_limits_of_others_are_reached(place: Path) -> None:
    table = own_table()
    assert table is not None
    assert tried(place, f"called({table.keys[2]}, 0, -4, 1)").startswith("PermissionError")
    limit = "resource.prlimit(os.getppid(), resource.RLIMIT_CPU)"
    assert tried(place, limit).startswith("PermissionError")


@pytest.mark.parametrize(
    "code",
    [
        "if libc.ptrace(0, 0, 0, 0): raise OSError(ctypes.get_errno(), 'refused')",
        "queue = libc.msgget(0, 0o600)\n"
        "if queue < 0: raise OSError(ctypes.get_errno(), 'refused')\n"
        "libc.msgctl(queue, 0, None)",
    ],
)
def test_neither_a_process_nor_memory_of_the_kernel_is_kept_beyond_the_end(
    place: Path, code: str
) -> None:
    if free(place, code) != "done":
        pytest.skip("this machine refuses it anyway")
    assert tried(place, code).startswith("PermissionError")


def test_what_programs_need_goes_on(place: Path) -> None:
    for code in (
        "os.chmod('file', 0o755)",
        "os.close(os.open('new', os.O_CREAT | os.O_WRONLY, 0o644))",
        # Without a file to make the mode says nothing.
        "os.close(os.open('file', os.O_RDONLY, 0o6755))",
        "fcntl.fcntl(os.open('file', os.O_RDONLY), fcntl.F_SETFD, fcntl.FD_CLOEXEC)",
        "fcntl.flock(os.open('file', os.O_RDONLY), fcntl.LOCK_EX)",
        "resource.getrlimit(resource.RLIMIT_NOFILE)",
        "a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM); a.send(b'x')",
        "assert os.system('true') == 0",
        "import threading; a = threading.Thread(target=print); a.start(); a.join()",
    ):
        assert tried(place, code) == "done", code

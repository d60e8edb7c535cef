"""Programs and sockets that the kernel refuses, in processes of their own: a filter stays."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

from desktopd.confinement.seccomp.tables import TABLES

pytestmark = pytest.mark.skipif(platform.machine() not in TABLES, reason="another machine")
KEYS = TABLES[platform.machine()].keys if platform.machine() in TABLES else (0, 0, 0)
BEGIN = """
import ctypes, os, socket, subprocess, sys, threading
from desktopd.integrations.napari.lockdown.system_calls import refuse_system_calls
before = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
libc = ctypes.CDLL(None, use_errno=True)
go, told = threading.Event(), []
def late():
    go.wait()
    try:
        told.append(socket.socket())
    except OSError as error:
        told.append(error.errno)
thread = threading.Thread(target=late)
thread.start()
refuse_system_calls(network=len(sys.argv) > 1)
go.set()
thread.join()
"""


def tried(code: str, *network: str) -> str:
    """The last line that a Python says which tries `code` behind the filter."""
    argv = [sys.executable, "-c", f"{BEGIN}\n{code}\nprint('done')", *network]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    return (done.stdout + done.stderr).strip().splitlines()[-1]


@pytest.mark.parametrize(
    "code",
    [
        "subprocess.run(['/bin/true'])",
        "os.execv('/bin/true', ['true'])",
        "os.execve(os.memfd_create('a'), ['a'], {})",
        "os.posix_spawn('/bin/true', ['true'], {})",
        "os.fork()",
        "if libc.fork() < 0: raise OSError(ctypes.get_errno(), 'fork')",
        "if libc.vfork() < 0: raise OSError(ctypes.get_errno(), 'vfork')",
        "import multiprocessing; multiprocessing.get_context('fork').Process(target=int).start()",
        "if libc.syscall(425, 1, ctypes.create_string_buffer(120)) < 0: raise PermissionError",
        "socket.socket(socket.AF_UNIX)",
        "socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)",
        "socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)",
        "socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)",
        f"if libc.syscall({KEYS[0]}, b'user', b'a', b'x', 1, -2) < 0: raise PermissionError",
        f"if libc.syscall({KEYS[2]}, 0, -4, 1) < 0: raise PermissionError",
        "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)",
        "import resource; resource.prlimit(os.getppid(), resource.RLIMIT_CPU)",
    ],
)
@pytest.mark.parametrize("network", [[], ["network"]])
def test_nothing_is_started_and_nobody_else_is_asked(code: str, network: list[str]) -> None:
    assert tried(code, *network).startswith("PermissionError")


@pytest.mark.parametrize("family", ["INET", "INET6"])
def test_the_network_is_there_where_a_host_is(family: str) -> None:
    code = f"socket.socket(socket.AF_{family}).close()"
    assert tried(code, "network") == "done"
    assert tried(code).startswith("PermissionError")


def test_a_socket_that_is_open_leads_nowhere_else() -> None:
    assert tried("before[0].send(b'x'); before[1].recv(1)") == "done"
    assert tried("before[0].connect('/run/systemd/notify')").startswith("PermissionError")


def test_threads_that_run_already_are_kept_too() -> None:
    assert tried("assert told == [13], told") == "done"
    assert tried("assert told[0].fileno() > 0", "network") == "done"


def test_what_python_needs_goes_on() -> None:
    assert tried("import resource; resource.getrlimit(resource.RLIMIT_NOFILE)") == "done"
    assert tried("import resource; resource.prlimit(os.getpid(), resource.RLIMIT_CPU)") == "done"
    assert tried("os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)") == "done"
    assert tried("import asyncio; asyncio.run(asyncio.sleep(0)); open('/dev/null')") == "done"
    assert tried("a = threading.Thread(target=print); a.start(); a.join()") == "done"
    assert tried("a, b = socket.socketpair(); a.send(b'x'); assert b.recv(1)") == "done"


@pytest.mark.skipif(platform.machine() != "x86_64", reason="another machine")
def test_other_tables_of_the_machine_are_refused() -> None:
    code = (
        "if libc.syscall(0x40000000 + 520, 0, 0, 0) < 0: raise OSError(ctypes.get_errno(), 'x32')"
    )
    assert tried(code).startswith("PermissionError")

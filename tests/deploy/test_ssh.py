"""A desktop on another machine, by a real sshd: opened, lost, found again, ended."""

from __future__ import annotations

import os
import re
import signal
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.browser.course import free_port
from tests.daemon import until
from tests.deploy.ssh_host import Host, ssh_host


@pytest.fixture
def host() -> Iterator[Host]:
    with ssh_host() as found:
        yield found


def test_a_desktop_is_opened_lost_found_again_and_ended(host: Host) -> None:
    with host.opened() as opened:
        until(opened.addresses, 60, "an address")
        until(opened.ready, 40, "a desktop")
        processes = opened.pids()
        assert "token=" not in Path(f"/proc/{opened.process.pid}/cmdline").read_text()

        (connection,) = host.connections()
        os.kill(connection, signal.SIGKILL)
        until(lambda: "is lost" in opened.told(), 20, "a word")
        until(opened.session, 40, "the desktop at the same address")
        assert len(opened.addresses()) == 1, "the page that is open is still the right one"
        assert opened.pids() == processes

        assert "stage ready" in host.run("status").stdout
        assert host.run("stop").returncode == 0
        assert opened.process.wait(20) == 0
        assert "has ended" in opened.told()
    assert host.run("status").returncode == 3


def test_a_desktop_goes_on_without_the_laptop_until_its_daemon_dies(host: Host) -> None:
    with host.opened() as opened:
        until(opened.addresses, 60, "an address")
        until(opened.ready, 40, "a desktop")
        first = opened.pids()
    assert opened.process.returncode == 130
    assert "goes on" in opened.told()
    until(lambda: not host.connections(), 20, "the end of the connection")
    with host.opened() as opened:
        until(lambda: len(opened.addresses()) == 2, 60, "an address")
        assert opened.pids() == first
        daemon = re.search(r"pid (\d+)", host.run("status").stdout)
        assert daemon is not None
        os.kill(int(daemon[1]), signal.SIGKILL)
        assert opened.process.wait(20) == 0
        assert "has ended" in opened.told()


def test_a_host_that_cannot_be_reached_is_told_by_ssh_itself(host: Host) -> None:
    host.sshd.terminate()
    host.sshd.wait()
    done = host.run("--no-browser")
    assert done.returncode == 255
    assert "Connection refused" in done.stderr


def test_a_host_is_told_no_variable_of_the_laptop(host: Host) -> None:
    """ssh puts the laptop's variables into the path of a socket, and asks the host for that."""
    socket_path, port = "/tmp/desktopd-ssh-0${HOME}.sock", free_port()
    evil = host.folder / "evil"
    told = ("desktopd-begins", f"desktopd-socket {socket_path}", f"desktopd-address {socket_path}/")
    evil.write_text("#!/bin/sh\n" + "".join(f"echo '{line}'\n" for line in told) + "sleep 3\n")
    evil.chmod(0o755)
    log = host.folder / "sshd.log"
    with (host.folder / "sshd_config").open("a") as configuration:
        configuration.write(f"ForceCommand {evil}\nLogLevel DEBUG1\n")
    host.sshd.send_signal(signal.SIGHUP)
    until(lambda: log.read_text().count("listening") == 2, 30, "sshd")

    with host.running("--no-browser", "--port", str(port), log="told") as opened:

        def is_refused() -> bool:
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                pass
            return opened.process.poll() is not None

        until(is_refused, 30, "an end")
    assert f"{host.folder}/laptop.sock" not in log.read_text()

"""What a viewer that is in hears of the handshake with the desktop's server: nothing."""

from __future__ import annotations

from pathlib import Path
from struct import pack

import pytest

from tests.unit.rfb.listeners.vnc_clients import (
    PASSWORDS,
    serving,
)


@pytest.mark.parametrize(
    ("security", "result"),
    [(b"\x00\x00\x00\x00\x02no", b""), (b"\x01\x01", pack(">II", 1, 2) + b"no")],
)
async def test_a_server_that_lets_nobody_in(
    folder: Path, security: bytes, result: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving(folder, PASSWORDS) as port, port.guest() as guest:
        port.desk.security, port.desk.result = security, result
        await guest.comes_in()
        await guest.hears_the_end()
    assert "cannot be served: the RFB server lets nobody in: no" in caplog.text

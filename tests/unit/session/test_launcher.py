"""The start of programs, as far as it needs no display."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from desktopd.confinement.landlock import abi
from desktopd.session.errors import LaunchError
from desktopd.session.launcher import wall_of
from desktopd.session.probes.painted import at_once
from desktopd.session.service import Locked, Service
from tests.session_options import session_options


@pytest.mark.skipif(not abi(), reason="this kernel has no Landlock")
def test_a_program_that_no_wall_can_be_made_for_is_not_started(folder: Path) -> None:
    (folder / "data").mkdir()
    given = ("--lockdown", "--files-root", str(folder / "data"))
    confinement = session_options(folder / "run", *given).confinement
    service = Service("application", ("sh", "/a\0b"), ready=at_once, locked=Locked.BESIDE)
    environment = {"XAUTHORITY": str(folder / "none")}
    with pytest.raises(LaunchError, match=re.escape("lockdown: embedded null byte")):
        wall_of(service, confinement, environment)

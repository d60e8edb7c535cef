"""What the data policy leaves to a role, as JSON: for pages that offer nothing that is refused.

Tested by tests/unit/http/api/test_session.py.
"""

from __future__ import annotations

from desktopd.data_policy import Copies, Screenshots
from desktopd.files.sharing import Rules
from desktopd.rfb.viewers.viewer import Role

NO_FILES = Rules(download=False, upload=False)


def allowed_json(
    copies: Copies, screenshots: Screenshots, rules: Rules | None, role: Role
) -> dict[str, bool]:
    """What may go in to the desktop and out of it; `rules` are those of files, None for none."""
    control, files = role is Role.CONTROL, rules or NO_FILES
    return {
        "copies_in": control and copies.into,
        "copies_out": control and copies.out,
        "files_in": control and files.upload,
        "files_out": files.download and (control or files.for_viewers),
        "screenshots": screenshots is Screenshots.ALL
        or (control and screenshots is Screenshots.CONTROL),
    }

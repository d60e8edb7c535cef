"""What the HTTP room is told: plain values, filled in by the caller from the settings."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from desktopd.budgets import Budgets
from desktopd.data_policy import Copies, Screenshots
from desktopd.files.obstacle import Obstacle
from desktopd.files.sharing import SharedFiles
from desktopd.http.access.links import Links
from desktopd.http.access.oauth import Provider
from desktopd.http.language import Language
from desktopd.rfb.relay.targets import Targets
from desktopd.trace import Trace

STATIC = Path(__file__).parent / "static"


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpOptions:
    """Options of the HTTP application; `create_app` raises ValueError for one it cannot use.

    `auth`: ``none`` behind a proxy that lets users in; a `provider` takes its place.
    `frame_ancestors`: CSP sources. `allow_origin`: origins such as ``https://lms.example.org``.
    `allowed_hosts`: host names, empty for any. `trusted_proxies`: addresses, networks, ``unix``
    for peers of a unix socket, or ``*``. `files`: None switches them off. `obstacles`: what
    keeps the user's files from being saved. `landlock`: the kernel's version of what keeps a locked
    application, None for another one. `language`: of all pages; None is the browser's.
    `ends_at`: when the machine is taken away. `hsts`: seconds for browsers to keep to https.
    `banner`: a text above every page. `static`: the folder of the built client. `budgets`: what
    others than the owner may cost. `trace`: what the owner may record.
    """

    version: str
    base_url: str
    auth: Literal["token", "none"]
    token: str | None = field(repr=False)
    view_token: str | None = field(repr=False)
    frame_ancestors: tuple[str, ...]
    allow_origin: tuple[str, ...]
    allowed_hosts: tuple[str, ...]
    trusted_proxies: tuple[str, ...]
    budgets: Budgets
    copies: Copies = Copies.BOTH
    screenshots: Screenshots = Screenshots.ALL
    targets: Targets | None = None
    provider: Provider | None = None
    files: SharedFiles | None = None
    links: Links = field(default_factory=Links)
    language: Language | None = None
    obstacles: tuple[Obstacle, ...] = ()
    landlock: int | None = None
    ends_at: datetime | None = None
    hsts: int = 0
    banner: str = ""
    static: Path = STATIC
    trace: Trace = field(default_factory=Trace)

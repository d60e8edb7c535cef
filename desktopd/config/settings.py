"""The settings: names, types, defaults. What goes with what is for `validation`."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ByteSize,
    ConfigDict,
    Field,
    SecretStr,
    field_validator,
)

from desktopd.data_policy import Copies, Screenshots
from desktopd.geometry import Size
from desktopd.shell_command import parse_command

PREFIX = "DESKTOPD_"


def _size(value: object) -> object:
    return Size.parse(value) if isinstance(value, str) else value


def _words(value: object) -> object:
    return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value


def _base_url(value: object) -> object:
    if not isinstance(value, str):
        return value
    if not re.fullmatch(r"[A-Za-z0-9._~%@/-]*", value):
        raise ValueError("expected a path such as / or /user/ada/desktop/")
    return "/" + "".join(f"{part}/" for part in value.split("/") if part)


def _public_url(value: object) -> object:
    if not isinstance(value, str) or not value:
        return value or None
    if not re.fullmatch(r"https?://[^/?#\s@]+(/[^?#\s]*)?", value):
        raise ValueError("expected an address without query, e.g. https://desk.example.org/napari/")
    return value.removesuffix("/") + "/"


def _command(value: object) -> object:
    if isinstance(value, str):
        parse_command(value, {})
    return value


def _optional_path(value: object) -> object:
    # Path("") would be the working folder.
    return None if value == "" else value


class Bytes(ByteSize):
    """A number of bytes, such as 50GB or 500MiB."""

    def __str__(self) -> str:
        return self.human_readable(decimal=True).replace(".0", "")


def _bytes(value: object) -> object:
    if isinstance(value, str) and not re.fullmatch(r"\d+(\.\d+)?\s*([KMGTP]i?)?B?", value, re.I):
        raise ValueError("expected bytes, e.g. 500MB or 50GiB")
    return value


def _open_command(value: object) -> object:
    if isinstance(value, str) and "{path}" not in " ".join(shlex.split(value)[1:]):
        raise ValueError("expected a command with {path} in it, e.g. 'fiji {path}'")
    return value


def _folder_inside(value: object) -> object:
    if isinstance(value, str) and (value.startswith("/") or {".", ".."} & {*value.split("/")}):
        raise ValueError("expected a folder below files_root, e.g. results")
    return value


SizeSetting = Annotated[Size, BeforeValidator(_size)]
Words = Annotated[tuple[str, ...], BeforeValidator(_words)]
ByteCount = Annotated[Bytes, BeforeValidator(_bytes)]
CommandLine = Annotated[str, BeforeValidator(_command)]
BaseUrl = Annotated[str, BeforeValidator(_base_url)]


class Settings(BaseModel):
    """Every setting of desktopd, with its default."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = Field("127.0.0.1", description="address to listen on; 0.0.0.0 or :: for all")
    port: int = Field(8888, ge=0, le=65535, description="TCP port; 0 takes a free one")
    unix_socket: Path | None = Field(None, description="listen on this unix socket, not on TCP")
    public_url: Annotated[str | None, BeforeValidator(_public_url)] = Field(
        None, description="address that users open, e.g. https://desk.example.org/napari/"
    )
    base_url: BaseUrl = Field("/", description="path below which everything is served")
    auth: Literal["token", "none", "jupyterhub"] = Field(
        "token", description="token, none behind a proxy that authenticates, or jupyterhub"
    )
    token: SecretStr | None = Field(None, description="token for full control; random when unset")
    keep_token: bool = Field(
        False, description="keep the random token when the desktop ends, for the next one there"
    )
    view_token: SecretStr | None = Field(None, description="token that may only watch")
    control: Literal["shared", "one"] = Field(
        "shared", description="everybody with the full role types and points, or one at a time"
    )
    frame_ancestors: Words = Field(
        ("'self'",), description="pages that may embed the desktop and speak to it (CSP sources)"
    )
    allow_origin: Words = Field((), description="further origins whose pages may connect")
    allowed_hosts: Words = Field(
        (), description="host names by which browsers and proxies reach the desktop; unset: any"
    )
    trusted_proxies: Words = Field(
        ("127.0.0.1", "::1"), description="proxies whose X-Forwarded-* headers count"
    )
    tls: Literal["auto", "self-signed"] = Field(
        "auto", description="https; auto with tls_cert alone, or by a certificate made here"
    )
    tls_cert: Path | None = Field(None, description="certificate chain (PEM) to serve https")
    tls_key: Path | None = Field(None, description="private key (PEM) of tls_cert")
    hsts: int = Field(
        0, ge=0, description="seconds for which browsers keep to https (HSTS); 0 says nothing"
    )
    vnc_port: int | None = Field(
        None, ge=0, le=65535, description="TCP port for VNC viewers, e.g. 5900; unset: none"
    )
    vnc_host: str = Field("127.0.0.1", description="address of vnc_port")
    vnc_password: SecretStr | None = Field(
        None, description="password of VNC viewers, 6 to 8 characters"
    )
    vnc_view_password: SecretStr | None = Field(
        None, description="password of VNC viewers that may only watch"
    )
    display: Literal["auto", "xvfb", "xdummy", "xvnc"] = Field(
        "auto", description="X server; auto is xdummy, or xvfb where that fails"
    )
    size: SizeSetting = Field(Size(1600, 900), description="size of the desktop at the start")
    max_size: SizeSetting = Field(Size(7680, 4320), description="largest size of the desktop")
    dpi: int = Field(96, ge=48, le=480, description="dots per inch that applications see")
    rfb: Literal["auto", "native", "x11vnc", "xvnc"] = Field(
        "auto",
        description="RFB server; auto is xvnc on that display, else native, or x11vnc without it",
    )
    rfb_socket: Path | None = Field(
        None, description="unix socket for VNC viewers of this user, from the native RFB server"
    )
    app: CommandLine = Field("napari", description="command of the application")
    app_open: Annotated[str | None, BeforeValidator(_open_command)] = Field(
        None, description="command that opens a file in the application, e.g. 'fiji {path}'"
    )
    open_hosts: Words = Field(
        (), description="hosts whose URLs may be opened, *.example.org too; unset: none"
    )
    restore: bool = Field(True, description="put napari's layers back after a crash or a restart")
    session_dir: Annotated[Path | None, BeforeValidator(_optional_path)] = Field(
        None, description="folder that keeps napari's layers for that; unset: in runtime_dir"
    )
    motion: Literal["smooth", "exact"] = Field(
        "smooth", description="what napari draws too slowly to move: coarser then, or exact always"
    )
    lockdown: bool = Field(
        False, description="napari without console, plugin manager, scripts and other folders"
    )
    kiosk: bool = Field(True, description="one maximised application, or a plain desktop")
    restart_app: bool | None = Field(
        None, description="start the application again when it ends; unset: as kiosk"
    )
    wm: CommandLine = Field(
        "openbox", description="command of the window manager; xfce is a whole desktop"
    )
    gpu: Literal["auto", "nvidia", "dri", "off"] = Field(
        "auto", description="GPU of the application; auto is nvidia, else dri, else none"
    )
    clipboard: Copies = Field(
        Copies.BOTH, description="whether copies go in to the desktop, out of it, both or off"
    )
    screenshots: Screenshots = Field(
        Screenshots.ALL, description="who may take screenshots: all, control or off"
    )
    banner: str = Field("", description="text above the desktop and the sign-in; empty: none")
    files: Literal["both", "upload", "download", "off"] = Field(
        "both", description="whether files go to the desktop, from it, or both"
    )
    files_root: Annotated[Path | None, BeforeValidator(_optional_path)] = Field(
        Path(),
        description="folder of these files, where the application starts, /data in the image; "
        "empty: as files=off",
    )
    samples: Annotated[Path | None, BeforeValidator(_optional_path)] = Field(
        None, description="folder whose files napari offers under File > Open Sample; unset: none"
    )
    files_for_viewers: bool = Field(
        False, description="whoever may only watch lists and downloads files too"
    )
    results: Annotated[str, BeforeValidator(_folder_inside)] = Field(
        "results",
        description="folder below files_root whose new files and folders are offered; empty: none",
    )
    upload_limit: ByteCount = Field(
        Bytes(0), ge=0, description="largest file that is uploaded, e.g. 50GB; 0B is any"
    )
    free_space: ByteCount = Field(
        Bytes(100_000_000), ge=0, description="room that uploads leave on a disk"
    )
    target_plugin: str | None = Field(
        None, description="websockify token plugin that resolves /websockify?token=NAME"
    )
    target_source: str | None = Field(None, description="source that target_plugin reads")
    most_connections: int = Field(
        1000,
        ge=1,
        description="HTTP connections at one moment by which nobody with control has come",
    )
    most_strangers: int = Field(
        32, ge=1, description="VNC connections at one moment that have not shown a password"
    )
    most_lookups: int = Field(
        32, ge=1, description="questions to the hub at one moment of who somebody is"
    )
    most_captures: int = Field(4, ge=1, description="screenshots asked for at one moment")
    most_copies: int = Field(
        8, ge=1, description="clipboards and drops on their way by HTTP at one moment"
    )
    most_watchers: int = Field(
        100,
        ge=1,
        description="connections at one moment of who may only watch or came by a link, each way",
    )
    most_downloads: int = Field(
        32,
        ge=1,
        description="downloads and listings at one moment of whoever may only watch",
    )
    viewer_backlog: ByteCount = Field(
        Bytes(16_000_000),
        ge=1_000_000,
        description="what waits for a slow viewer, which is then sent away",
    )
    idle_timeout: int = Field(
        0, ge=0, description="end after so many seconds without input; 0 is never"
    )
    language: Literal["auto", "en", "de", "zh"] = Field(
        "auto", description="language of the pages; auto is the browser's, each reader may choose"
    )
    ends_at: AwareDatetime | None = Field(
        None,
        description="when this machine is taken away, told by the page 15 and 5 minutes before: "
        "seconds since 1970, or 2026-11-29T17:00+01:00",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="how much the log tells"
    )
    log_format: Literal["text", "json"] = Field(
        "text", description="how the log is written; json is an object a line"
    )
    audit_log: Path | None = Field(
        None, description="file that takes who came and what data moved (JSON lines); unset: none"
    )
    runtime_dir: Path | None = Field(
        None,
        description="folder for sockets, state and logs, and nothing else: a new one, an empty "
        "one, or one of yours alone; unset: one per port",
    )

    @field_validator("token", "view_token")
    @classmethod
    def _usable_token(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value().strip()) < 16:
            raise ValueError("expected at least 16 characters; unset it for a random one")
        return value

    @field_validator("vnc_password", "vnc_view_password")
    @classmethod
    def _usable_password(cls, value: SecretStr | None) -> SecretStr | None:
        # RFC 6143 section 7.2.2: what follows the eighth character would not count.
        if value is not None and not re.fullmatch(r"[!-~]{6,8}", value.get_secret_value()):
            raise ValueError("expected 6 to 8 ASCII characters without spaces: VNC takes no more")
        return value

    @property
    def https(self) -> bool:
        """Whether TLS is served here, and not by a proxy."""
        return self.tls == "self-signed" or self.tls_cert is not None

    @property
    def restarts_application(self) -> bool:
        """Whether an application that ended is started again."""
        return self.kiosk if self.restart_app is None else self.restart_app


NAMES = tuple(Settings.model_fields)
SECRETS = tuple(
    name for name, field in Settings.model_fields.items() if field.annotation == SecretStr | None
)

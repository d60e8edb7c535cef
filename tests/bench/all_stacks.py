"""The names by which the stacks are asked for."""

from functools import partial

from tests.bench.jupyter_proxy import jupyter_remote_desktop_proxy
from tests.bench.ondemand import ondemand_desktopd, ondemand_tigervnc
from tests.bench.stacks import Stack, desktopd, selkies, tigervnc, x11vnc

STACKS: dict[str, Stack] = {
    "x11vnc": x11vnc,
    "tigervnc": tigervnc,
    "selkies": selkies,
    "desktopd-native": partial(desktopd, "native"),
    "desktopd-exact": partial(desktopd, "native", motion=False),
    "desktopd-x11vnc": partial(desktopd, "x11vnc"),
    "jupyter-remote-desktop-proxy": jupyter_remote_desktop_proxy,
    "ondemand-tigervnc": ondemand_tigervnc,
    "ondemand-desktopd": ondemand_desktopd,
}

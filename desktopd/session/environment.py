"""Which variables of the daemon's environment reach the desktop's programs: one table.

A variable that names another display, session, bus or input method would take a program off this
desktop. Who wants one all the same writes it in front of the command: ``QT_IM_MODULE=ibus napari``.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Mapping

DROPPED = frozenset(
    {
        # Another display.
        *("DISPLAY", "XAUTHORITY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET", "MIR_SOCKET"),
        *("QT_QPA_PLATFORMTHEME", "QT_WAYLAND_SHELL_INTEGRATION", "QT_SCREEN_SCALE_FACTORS"),
        "WINDOWID",
        # Figures of matplotlib that are to be drawn into a file, or a notebook.
        "MPLBACKEND",
        # Another session.
        *("DESKTOP_SESSION", "SESSION_MANAGER", "XDG_CURRENT_DESKTOP", "XDG_MENU_PREFIX"),
        *("XDG_SEAT", "XDG_SEAT_PATH", "XDG_VTNR", "XDG_SESSION_ID", "XDG_SESSION_PATH"),
        *("XDG_SESSION_CLASS", "XDG_SESSION_DESKTOP", "GDMSESSION", "GNOME_DESKTOP_SESSION_ID"),
        *("DESKTOP_STARTUP_ID", "XDG_ACTIVATION_TOKEN", "GNOME_SETUP_DISPLAY"),
        # Its look, its plugins, and its window manager, which Java would make room for.
        *("QT_STYLE_OVERRIDE", "QT_PLUGIN_PATH", "QT_QPA_PLATFORM_PLUGIN_PATH"),
        *("_JAVA_AWT_WM_NONREPARENTING", "AWT_TOOLKIT"),
        # Another bus, and what listens there.
        *("DBUS_STARTER_ADDRESS", "DBUS_STARTER_BUS_TYPE", "DBUS_SESSION_BUS_PID"),
        *("DBUS_SESSION_BUS_WINDOWID", "AT_SPI_BUS_ADDRESS", "GTK_USE_PORTAL"),
        # An input method that would be asked for there.
        *("QT_IM_MODULE", "QT_IM_MODULES", "GTK_IM_MODULE", "CLUTTER_IM_MODULE", "XMODIFIERS"),
        *("XIM", "XIM_PROGRAM", "XIM_ARGS", "IBUS_ADDRESS", "SDL_IM_MODULE"),
        # Drivers of another display, and OpenGL over its wire.
        *("LIBGL_ALWAYS_INDIRECT", "LIBVA_DRIVER_NAME", "LIBVA_DRIVERS_PATH", "VDPAU_DRIVER"),
        *("__GLX_VENDOR_LIBRARY_NAME", "__NV_PRIME_RENDER_OFFLOAD", "DRI_PRIME", "EGL_PLATFORM"),
        *("MESA_LOADER_DRIVER_OVERRIDE", "GALLIUM_DRIVER", "__EGL_VENDOR_LIBRARY_FILENAMES"),
        *("QT_XCB_GL_INTEGRATION", "QT_QPA_EGLFS_INTEGRATION"),
    }
)
"""What no program of the desktop gets."""

SET = {
    # Toolkits would otherwise look for a Wayland compositor in XDG_RUNTIME_DIR, or for none at all.
    "XDG_SESSION_TYPE": "x11",
    "QT_QPA_PLATFORM": "xcb",
    "GDK_BACKEND": "x11",
    "CLUTTER_BACKEND": "x11",
    "SDL_VIDEODRIVER": "x11",
    "SDL_VIDEO_DRIVER": "x11",
    "MOZ_ENABLE_WAYLAND": "0",
    "ELECTRON_OZONE_PLATFORM_HINT": "x11",
    "WINIT_UNIX_BACKEND": "x11",
    "NO_AT_BRIDGE": "1",
}
"""What each of them gets, whatever it was."""

NO_BUS = "disabled:"
"""An address of D-Bus that no program can use; without any, it would look for the user's own."""

UTF8 = "C.UTF-8"
_LC_ALL_MASK = 0x1FBF


def desktop_environment(environment: Mapping[str, str], bus: str = NO_BUS) -> dict[str, str]:
    """What of `environment` a program on the desktop gets, whose D-Bus is at `bus`."""
    kept = {name: value for name, value in environment.items() if name not in DROPPED}
    return {**_with_locale(kept), **SET, "DBUS_SESSION_BUS_ADDRESS": bus}


def _with_locale(environment: Mapping[str, str]) -> dict[str, str]:
    """Without locales that are not installed, and C.UTF-8 where nothing else is said."""
    kept = {
        name: value
        for name, value in environment.items()
        if not _is_locale(name) or not value or has_locale(value)
    }
    said = kept.get("LC_ALL") or kept.get("LC_CTYPE") or kept.get("LANG") or "C"
    if said in ("C", "POSIX"):
        kept.pop("LC_ALL", None)
        kept.pop("LC_CTYPE", None)
        kept["LANG"] = UTF8
    return kept


def _is_locale(name: str) -> bool:
    return name == "LANG" or name.startswith("LC_")


def has_locale(name: str) -> bool:
    """Whether the C library has this locale (newlocale(3)); nothing of this process changes."""
    library = ctypes.CDLL(None)
    library.newlocale.restype = ctypes.c_void_p
    library.newlocale.argtypes = [ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p]
    library.freelocale.argtypes = [ctypes.c_void_p]
    made = library.newlocale(_LC_ALL_MASK, os.fsencode(name), None)
    if made:
        library.freelocale(made)
    return bool(made)

"""The GPU that the application draws with: what this machine shows, and whether OpenGL takes it.

The X server never gets it: its picture is in main memory, and the application's frames are copied
there. NVIDIA's GLX library does so itself; for Mesa's drivers OpenGL goes by zink to Vulkan.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from desktopd.lacks import is_lack_of_start

ROOT = Path("/")
ASK_WITHIN = 15.0

# Where a dynamic linker looks on Debian, its relatives and in containers with an injected driver.
LIBRARIES = ("usr/lib/*-linux-gnu", "usr/lib64", "usr/lib", "usr/local/nvidia/lib64")
NVIDIA_LIBRARY = "libGLX_nvidia.so.0"
EGL_VENDORS = ("etc/glvnd/egl_vendor.d", "usr/share/glvnd/egl_vendor.d")
MESA_EGL = "usr/share/glvnd/egl_vendor.d/50_mesa.json"
VULKAN_DRIVERS = ("etc/vulkan/icd.d", "usr/local/share/vulkan/icd.d", "usr/share/vulkan/icd.d")

# The kernel's drivers, and the Vulkan drivers of Mesa for them.
VULKAN_OF = {
    "amdgpu": "radeon",
    "i915": "intel",
    "xe": "intel",
    "nouveau": "nouveau",
    "virtio-pci": "virtio",
    "virtio_gpu": "virtio",
}
SOFTWARE_RENDERERS = ("llvmpipe", "softpipe", "swrast", "lavapipe")


class Renderer(StrEnum):
    """What draws the application's OpenGL."""

    NVIDIA = "nvidia"
    DRI = "dri"
    SOFTWARE = "software"


@dataclass(frozen=True, slots=True)
class Gpu:
    """What the application is given to draw with.

    `name` is that of the device or, once OpenGL has been asked, of its renderer. `environment` is
    for the application alone. `reason` tells why no GPU is used, and is empty when one is.
    """

    renderer: Renderer
    name: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""

    def __str__(self) -> str:
        if self.renderer is Renderer.SOFTWARE:
            return f"software ({self.reason})" if self.reason else "software"
        return f"{self.renderer} ({self.name})"


NO_GPU = Gpu(Renderer.SOFTWARE)


class GlError(Exception):
    """OpenGL does not answer on a display: says why."""


def detect(wanted: str = "auto", root: Path = ROOT) -> Gpu:
    """The GPU that the setting ``gpu`` allows and the files below `root` show.

    `wanted` is ``auto``, ``nvidia``, ``dri`` or ``off``. Nothing is tried yet: see `confirmed`.
    """
    if wanted == "off":
        return Gpu(Renderer.SOFTWARE, reason="gpu=off")
    finders = {Renderer.NVIDIA: _nvidia, Renderer.DRI: _dri}
    found = [find(root) for name, find in finders.items() if wanted in ("auto", name)]
    usable = (gpu for gpu in found if gpu.renderer is not Renderer.SOFTWARE)
    reasons = "; ".join(gpu.reason for gpu in found)
    return next(usable, Gpu(Renderer.SOFTWARE, reason=reasons))


def _nvidia(root: Path) -> Gpu:
    control = root / "dev/nvidiactl"
    devices = sorted(control.parent.glob("nvidia[0-9]*"))
    if not control.exists() or not devices:
        return _software("no NVIDIA GPU: no /dev/nvidiactl with a /dev/nvidia0")
    closed = [path for path in (control, *devices[:1]) if not _is_open(path)]
    if closed:
        return _software(f"/dev/{closed[0].name} is not open to this user")
    if not _has(root, LIBRARIES, NVIDIA_LIBRARY):
        return _software(
            f"{NVIDIA_LIBRARY} is missing: in a container set NVIDIA_DRIVER_CAPABILITIES to "
            "graphics,compute,utility,video, else install the driver's GL library"
        )
    environment = {"__GLX_VENDOR_LIBRARY_NAME": "nvidia"}
    return Gpu(Renderer.NVIDIA, f"NVIDIA, {len(devices)} in /dev", environment)


def _dri(root: Path) -> Gpu:
    nodes = sorted(root.glob("dev/dri/renderD*"))
    if not nodes:
        return _software("no render node in /dev/dri")
    tried = [_render_node(node, root) for node in nodes]
    usable = (gpu for gpu in tried if gpu.renderer is not Renderer.SOFTWARE)
    return next(usable, _software("; ".join(gpu.reason for gpu in tried)))


def _render_node(node: Path, root: Path) -> Gpu:
    link = root / "sys/class/drm" / node.name / "device/driver"
    driver = link.readlink().name if link.is_symlink() else "an unknown driver"
    name = f"{driver} at /dev/dri/{node.name}"
    if not _is_open(node):
        return _software(
            f"{name} is not open to this user: add him to its group, {node.stat().st_gid}"
        )
    vulkan = VULKAN_OF.get(driver)
    if vulkan is None:
        return _software(f"{name} has no Vulkan driver in Mesa")
    if not _has(root, VULKAN_DRIVERS, f"{vulkan}_*.json"):
        return _software(f"{name} has no Vulkan driver here: install mesa-vulkan-drivers")
    environment = {
        "MESA_LOADER_DRIVER_OVERRIDE": "zink",
        "GALLIUM_DRIVER": "zink",
        "LIBGL_KOPPER_DRI2": "1",
    }
    return Gpu(Renderer.DRI, name, environment)


def _software(reason: str) -> Gpu:
    return Gpu(Renderer.SOFTWARE, reason=reason)


def _is_open(device: Path) -> bool:
    return os.access(device, os.R_OK | os.W_OK, effective_ids=True)


def server_environment(root: Path = ROOT) -> dict[str, str]:
    """Variables for the X server alone, which an injected EGL library of NVIDIA can crash."""
    mesa = root / MESA_EGL
    if mesa.exists() and _has(root, EGL_VENDORS, "*nvidia*.json"):
        return {"__EGL_VENDOR_LIBRARY_FILENAMES": f"/{MESA_EGL}"}
    return {}


def _has(root: Path, folders: Iterable[str], pattern: str) -> bool:
    """Whether one of the folders below `root` holds a file of such a name."""
    return any(True for folder in folders for _ in root.glob(f"{folder}/{pattern}"))


async def confirmed(gpu: Gpu, environment: Mapping[str, str]) -> Gpu:
    """The same GPU by the name of its OpenGL renderer, or software, with what went wrong.

    `environment` holds DISPLAY and XAUTHORITY of a running X server.
    """
    if gpu.renderer is Renderer.SOFTWARE:
        return gpu
    try:
        name = await gl_renderer({**gpu.environment, **environment})
    except GlError as error:
        return _software(f"{gpu.name}: {error}")
    if any(software in name for software in SOFTWARE_RENDERERS):
        return _software(f"{gpu.name}: OpenGL draws with {name} all the same")
    return Gpu(gpu.renderer, name, gpu.environment)


async def gl_renderer(environment: Mapping[str, str]) -> str:
    """The OpenGL renderer of a display, as ``glxinfo -B`` tells it.

    Raises GlError, and OSError for what this process lacks to ask (`lacks.is_lack_of_start`).
    """
    # asyncio's own way to start a program may begin a thread for its end.
    asked = await asyncio.to_thread(_glxinfo, environment)
    for line in asked.stdout.decode("utf-8", "replace").splitlines():
        if "OpenGL renderer string:" in line:
            return line.partition(":")[2].strip()
    words = " ".join(asked.stderr.decode("utf-8", "replace").split())
    raise GlError(f"glxinfo finds no OpenGL ({words or f'status {asked.returncode}'})")


def _glxinfo(environment: Mapping[str, str]) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(
            ("glxinfo", "-B"),
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=ASK_WITHIN,
        )
    except FileNotFoundError as error:
        raise GlError(f"glxinfo: {error.strerror}; install mesa-utils") from None
    except OSError as error:
        if is_lack_of_start(error):
            raise
        raise GlError(f"glxinfo cannot be started: {error.strerror}") from None
    except subprocess.TimeoutExpired:
        raise GlError(f"glxinfo says nothing within {ASK_WITHIN:.0f} s") from None

"""What is told of a machine's GPU, from trees of files as machines with and without one have."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktopd.session.gpu import Renderer, detect, server_environment

NVIDIA = ("dev/nvidiactl", "dev/nvidia0", "usr/lib/x86_64-linux-gnu/libGLX_nvidia.so.0")
INTEL = ("dev/dri/renderD128", "usr/share/vulkan/icd.d/intel_icd.x86_64.json")
NOBODY = 65534


def machine(folder: Path, *files: str, **drivers: str) -> Path:
    """A root with empty `files`, whose render nodes have these kernel `drivers`."""
    folder.chmod(0o755)
    for name in files:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        path.chmod(0o666)
    for node, driver in drivers.items():
        device = folder / "sys/class/drm" / node / "device"
        device.mkdir(parents=True)
        (device / "driver").symlink_to(f"../../../bus/pci/drivers/{driver}")
    return folder


@contextlib.contextmanager
def as_nobody() -> Iterator[None]:
    """For root, to whom every file is open."""
    ours = os.geteuid()
    if ours == 0:
        os.seteuid(NOBODY)
    yield
    os.seteuid(ours)


def test_a_machine_without_a_gpu_draws_in_software_and_says_why(folder: Path) -> None:
    gpu = detect("auto", machine(folder))
    assert gpu.renderer is Renderer.SOFTWARE
    assert gpu.environment == {}
    assert gpu.reason == (
        "no NVIDIA GPU: no /dev/nvidiactl with a /dev/nvidia0; no render node in /dev/dri"
    )


@pytest.mark.parametrize("library", [NVIDIA[2], "usr/local/nvidia/lib64/libGLX_nvidia.so.0"])
def test_nvidia_is_the_first_choice(folder: Path, library: str) -> None:
    root = machine(folder, *NVIDIA[:2], library, *INTEL, renderD128="i915")
    gpu = detect("auto", root)
    assert gpu.renderer is Renderer.NVIDIA
    assert gpu.environment == {"__GLX_VENDOR_LIBRARY_NAME": "nvidia"}
    assert gpu.reason == ""


def test_a_gpu_without_its_gl_library_is_told_how_to_get_it(folder: Path) -> None:
    gpu = detect("nvidia", machine(folder, *NVIDIA[:2]))
    assert gpu.renderer is Renderer.SOFTWARE
    assert "NVIDIA_DRIVER_CAPABILITIES" in gpu.reason


@pytest.mark.parametrize(
    ("driver", "vulkan"), [("i915", "intel"), ("xe", "intel"), ("amdgpu", "radeon")]
)
def test_mesas_drivers_are_reached_through_vulkan(folder: Path, driver: str, vulkan: str) -> None:
    file = f"usr/share/vulkan/icd.d/{vulkan}_icd.x86_64.json"
    root = machine(folder, "dev/dri/renderD129", file, renderD129=driver)
    gpu = detect("auto", root)
    assert gpu.renderer is Renderer.DRI
    assert gpu.name == f"{driver} at /dev/dri/renderD129"
    assert gpu.environment["MESA_LOADER_DRIVER_OVERRIDE"] == "zink"


def test_a_node_that_mesa_cannot_use_leaves_room_for_the_next(folder: Path) -> None:
    nodes = {"renderD128": "nvidia", "renderD129": "i915"}
    root = machine(folder, *INTEL, "dev/dri/renderD129", **nodes)
    assert detect("auto", root).name == "i915 at /dev/dri/renderD129"
    (root / INTEL[1]).unlink()
    reason = detect("dri", root).reason
    assert "nvidia at /dev/dri/renderD128 has no Vulkan driver in Mesa" in reason
    assert "renderD129 has no Vulkan driver here: install mesa-vulkan-drivers" in reason


@pytest.mark.parametrize(("device", "kind"), [(NVIDIA[1], "nvidia"), (INTEL[0], "dri")])
def test_a_device_that_is_closed_to_the_user_is_named(folder: Path, device: str, kind: str) -> None:
    root = machine(folder, *NVIDIA, *INTEL, renderD128="i915")
    (root / device).chmod(0)
    with as_nobody():
        gpu = detect(kind, root)
    assert gpu.renderer is Renderer.SOFTWARE
    assert f"/{device} is not open to this user" in gpu.reason


def test_the_setting_chooses(folder: Path) -> None:
    root = machine(folder, *NVIDIA, *INTEL, renderD128="i915")
    chosen = {wanted: detect(wanted, root).renderer for wanted in ("nvidia", "dri", "off")}
    assert chosen == {"nvidia": "nvidia", "dri": "dri", "off": "software"}
    assert detect("off", root).reason == "gpu=off"


def test_the_x_server_keeps_to_mesa_where_nvidias_egl_is_injected(folder: Path) -> None:
    root = machine(folder, "usr/share/glvnd/egl_vendor.d/50_mesa.json")
    assert server_environment(root) == {}
    (root / "usr/share/glvnd/egl_vendor.d/10_nvidia.json").touch()
    assert server_environment(root) == {
        "__EGL_VENDOR_LIBRARY_FILENAMES": "/usr/share/glvnd/egl_vendor.d/50_mesa.json"
    }

"""A GPU that is not what it seems: OpenGL itself is asked, on a real X server."""

import os
from collections.abc import Callable

from desktopd.session.gpu import Gpu, Renderer, confirmed, gl_renderer
from tests.daemon import Daemon
from tests.x11.conftest import Server

Start = Callable[..., Daemon]


async def test_what_opengl_does_not_take_falls_back_with_a_reason(server: Server) -> None:
    environment = server.environment
    software = await gl_renderer(environment)
    assert "llvmpipe" in software
    ignored = Gpu(Renderer.DRI, "i915 at /dev/dri/renderD128", {"GALLIUM_DRIVER": "llvmpipe"})
    gpu = await confirmed(ignored, environment)
    assert gpu.renderer is Renderer.SOFTWARE
    assert gpu.reason == f"{ignored.name}: OpenGL draws with {software} all the same"
    assert gpu.environment == {}


async def test_a_display_that_does_not_answer_is_a_reason_too() -> None:
    gone = {**os.environ, "DISPLAY": ":9999"}
    gpu = await confirmed(Gpu(Renderer.NVIDIA, "NVIDIA, 1 in /dev"), gone)
    assert gpu.renderer is Renderer.SOFTWARE
    assert "glxinfo finds no OpenGL" in gpu.reason


def test_the_session_tells_what_draws(daemon: Start) -> None:
    desktop = daemon(app="xterm", display="xvfb", gpu="off")
    assert desktop.ready()["gpu"] == {"renderer": "software", "name": "", "reason": "gpu=off"}

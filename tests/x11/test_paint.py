from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Any

import pytest
from Xlib import X, Xatom

from desktopd.geometry import Size
from desktopd.x11.connection import Connection, Display
from desktopd.x11.windows.paint import Paint, paint
from desktopd.x11.windows.window_manager import window_manager

if TYPE_CHECKING:
    from conftest import Server

BLUE, WHITE = 0x0000FF, 0xFFFFFF
MANAGERS = ["openbox", None]


class Application:
    """An X client with windows as a test wants them."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    async def show(
        self, kind: str | None = None, area: Any = (50, 50, 400, 300), **more: Any
    ) -> Any:
        """Map a plain blue window; `kind` is the end of its _NET_WM_WINDOW_TYPE."""

        def show(display: Display) -> Any:
            window = display.screen().root.create_window(
                *(*area, 0, X.CopyFromParent), background_pixel=BLUE, **more
            )
            if kind is not None:
                types = [
                    display.get_atom("_KDE_NET_WM_WINDOW_TYPE_OVERRIDE"),
                    display.get_atom(f"_NET_WM_WINDOW_TYPE_{kind}"),
                    display.get_atom("_NET_WM_WINDOW_TYPE_NORMAL"),
                ]
                name = display.get_atom("_NET_WM_WINDOW_TYPE")
                window.change_property(name, Xatom.ATOM, 32, types)
            # At the place it names, whatever the window manager would like.
            window.set_wm_normal_hints(flags=1 << 0)
            window.map()
            display.sync()
            return window

        return await self.connection.call(show)

    async def draw(self, window: Any, *rectangle: int) -> None:
        """Paint a white rectangle in a window."""

        def draw(display: Display) -> None:
            window.fill_rectangle(window.create_gc(foreground=WHITE), *rectangle)
            display.sync()

        await self.connection.call(draw)

    async def destroy(self, window: Any) -> None:
        def destroy(display: Display) -> None:
            window.destroy()
            display.sync()

        await self.connection.call(destroy)


@pytest.fixture
def desktop(start) -> Server:
    return start("xvfb", Size(800, 600))


@pytest.fixture
async def connection(desktop, connect) -> Connection:
    return await connect(desktop)


@pytest.fixture
async def application(desktop, connect) -> Application:
    return Application(await connect(desktop))


@pytest.fixture
async def managed(request, desktop, connection, eventually) -> str | None:
    """The name of the window manager that runs, if one does."""
    if request.param is None:
        return None
    desktop.start(request.param)
    await eventually(lambda: window_manager(connection), "Openbox")
    return "Openbox"


both = pytest.mark.parametrize("managed", MANAGERS, indirect=True)


@both
async def test_no_window(managed, connection, eventually):
    await eventually(lambda: window_manager(connection), managed)
    assert await paint(connection) is Paint.NONE


@both
@pytest.mark.parametrize("kind", [None, "NORMAL", "DIALOG"])
async def test_a_window_is_painted_when_it_shows_something(
    managed, connection, application, eventually, kind
):
    window = await application.show(kind)
    await eventually(lambda: paint(connection), Paint.MAPPED)
    # No taller than a line of small text.
    await application.draw(window, 200, 21, 6, 8)
    assert await paint(connection) is Paint.PAINTED
    await application.destroy(window)
    await eventually(lambda: paint(connection), Paint.NONE)


@both
async def test_a_terminal_with_its_first_line(managed, desktop, connection, eventually):
    desktop.start("xterm", "-geometry", "80x24+40+40", "-e", "printf 'ready $ '; sleep 60")
    await eventually(lambda: paint(connection), Paint.PAINTED)


@both
async def test_a_splash_window_is_not_the_application(managed, connection, application, eventually):
    splash = await application.show("SPLASH")
    await application.draw(splash, 10, 10, 100, 100)
    await eventually(lambda: paint(connection), Paint.SPLASH)
    # Nor is its picture that of the blank window below it.
    await application.show(area=(100, 100, 200, 100))
    await eventually(lambda: paint(connection), Paint.MAPPED)
    await application.connection.call(lambda display: (splash.raise_window(), display.sync()))
    assert await paint(connection) is Paint.MAPPED


@both
@pytest.mark.parametrize("kind", ["DOCK", "DESKTOP", "TOOLTIP", "UTILITY"])
async def test_windows_beside_the_application_do_not_count(
    managed, connection, application, eventually, kind
):
    window = await application.show(kind)
    await application.draw(window, 10, 10, 100, 100)
    shown = await application.show()
    await eventually(lambda: paint(connection), Paint.MAPPED)
    await application.destroy(shown)
    await eventually(lambda: paint(connection), Paint.NONE)


@both
async def test_menus_and_hidden_windows_do_not_count(managed, connection, application):
    menu = await application.show(override_redirect=True)
    await application.draw(menu, 10, 10, 100, 100)
    unmapped = await application.show(override_redirect=True)
    await application.connection.call(lambda display: (unmapped.unmap(), display.sync()))
    assert await paint(connection) is Paint.NONE


@both
async def test_only_what_is_visible_counts(managed, connection, application, eventually):
    window = await application.show(area=(0, 100, 400, 300))
    await eventually(lambda: paint(connection), Paint.MAPPED)
    cover = await application.show(area=(90, 0, 120, 600), override_redirect=True)
    await application.draw(cover, 0, 0, 60, 600)
    assert await paint(connection) is Paint.MAPPED
    await application.draw(window, 300, 50, 50, 50)
    assert await paint(connection) is Paint.PAINTED
    await application.show(area=(0, 0, 800, 600), override_redirect=True)
    assert await paint(connection) is Paint.MAPPED


async def test_a_window_that_reaches_beyond_the_screen(connection, application, eventually):
    window = await application.show(area=(-100, -100, 2000, 2000))
    assert await paint(connection) is Paint.MAPPED
    await application.draw(window, 0, 0, 90, 2000)
    assert await paint(connection) is Paint.MAPPED
    await application.draw(window, 850, 0, 1000, 650)
    assert await paint(connection) is Paint.PAINTED
    await application.show(area=(5000, 5000, 10, 10))
    assert await paint(connection) is Paint.PAINTED


async def test_the_window_manager_dies(desktop, connection, application, eventually):
    manager = desktop.start("openbox")
    await eventually(lambda: window_manager(connection), "Openbox")
    window = await application.show()
    await eventually(lambda: paint(connection), Paint.MAPPED)
    await application.draw(window, 10, 10, 100, 100)
    assert await paint(connection) is Paint.PAINTED
    manager.kill()
    await eventually(lambda: window_manager(connection), None)
    await application.draw(window, 10, 10, 100, 100)
    assert await paint(connection) is Paint.PAINTED
    desktop.start("openbox")
    await eventually(lambda: window_manager(connection), "Openbox")
    await application.draw(window, 10, 10, 100, 100)
    await eventually(lambda: paint(connection), Paint.PAINTED)


async def test_a_window_opened_while_the_window_manager_starts(
    desktop, connection, application, eventually
):
    desktop.start("openbox")
    await eventually(
        lambda: "window id" in desktop.run("xprop", "-root", "_NET_SUPPORTING_WM_CHECK")
    )
    await application.show()
    await eventually(lambda: window_manager(connection), "Openbox")
    await eventually(lambda: paint(connection), Paint.MAPPED)


async def test_a_window_manager_that_does_nothing_is_not_there(desktop, connection, eventually):
    manager = desktop.start("openbox")
    await eventually(lambda: window_manager(connection), "Openbox")
    manager.send_signal(signal.SIGSTOP)
    await eventually(lambda: window_manager(connection), None)
    manager.send_signal(signal.SIGCONT)
    await eventually(lambda: window_manager(connection), "Openbox")


@both
async def test_windows_that_come_and_go(managed, connection, application):
    for i in range(40):
        window = await application.show()
        await application.draw(window, 10, 10, 50 + i, 50)
        shown = [paint(connection), application.destroy(window), paint(connection)]
        for step in shown:
            await step

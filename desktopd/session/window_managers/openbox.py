"""openbox with rules of ours: one application as a kiosk, or a small plain desktop."""

from __future__ import annotations

from pathlib import Path
from xml.sax.saxutils import escape

from desktopd.kept_file import write_kept
from desktopd.session.program import Program
from desktopd.session.window_managers.window_manager import WindowManager, WindowManagerOptions
from desktopd.shell_command import without_shell

NAMESPACE = "http://openbox.org/3.4/rc"

# Focus by a click, and what the title bar and the edges of a window need: no way to end it all.
MOUSE = """\
  <context name="Client">
    <mousebind button="Left" action="Press"><action name="Focus"/>{raise}</mousebind>
    <mousebind button="Middle" action="Press"><action name="Focus"/></mousebind>
    <mousebind button="Right" action="Press"><action name="Focus"/></mousebind>
  </context>
  <context name="Titlebar">
    <mousebind button="Left" action="Press"><action name="Focus"/><action name="Raise"/></mousebind>
    <mousebind button="Left" action="Drag"><action name="Move"/></mousebind>
  </context>
  <context name="Titlebar">
    <mousebind button="Left" action="DoubleClick"><action name="ToggleMaximize"/></mousebind>
  </context>
  <context name="Maximize">
    <mousebind button="Left" action="Click"><action name="ToggleMaximize"/></mousebind>
  </context>
  <context name="Close">
    <mousebind button="Left" action="Click"><action name="Close"/></mousebind>
  </context>
  <context name="Bottom BLCorner BRCorner Left Right Top TLCorner TRCorner">
    <mousebind button="Left" action="Drag"><action name="Resize"/></mousebind>
  </context>
"""

RAISE = '<action name="Raise"/>'
# What fills the screen stays below what floats: a click there would hide everything else.
KIOSK_RAISE = f'<action name="If"><maximized>no</maximized><then>{RAISE}</then></action>'

DESKTOP_MOUSE = """\
  <context name="Iconify">
    <mousebind button="Left" action="Click"><action name="Iconify"/></mousebind>
  </context>
  <context name="Root">
    <mousebind button="Right" action="Press">
      <action name="ShowMenu"><menu>root-menu</menu></action>
    </mousebind>
  </context>
"""

DESKTOP_KEYS = """\
  <keybind key="A-Tab"><action name="NextWindow"/></keybind>
  <keybind key="A-F4"><action name="Close"/></keybind>
"""

# Which window fills the screen is for desktopd.x11.windows.kiosk: openbox knows no first one.
KIOSK_RULES = """\
  <application type="normal"><position><x>center</x><y>center</y></position></application>
  <application type="dialog"><decor>yes</decor><maximized>no</maximized>
    <position force="yes"><x>center</x><y>center</y></position></application>
"""


def configure(options: WindowManagerOptions) -> tuple[str, ...]:
    """Write the rules, and the menu that they name; returns the command line."""
    menu = options.folder / "menu.xml"
    write_kept(menu, _menu(options.application).encode())
    # By its name a daemon knows whether an openbox that it finds has the wanted rules.
    rules = options.folder / ("kiosk.xml" if options.kiosk else "desktop.xml")
    write_kept(rules, _rc(menu, kiosk=options.kiosk).encode())
    return ("openbox", "--sm-disable", "--config-file", str(rules))


def _rc(menu: Path, *, kiosk: bool) -> str:
    return f"""\
<?xml version="1.0" encoding="UTF-8"?>
<openbox_config xmlns="{NAMESPACE}">
<resistance><strength>10</strength><screen_edge_strength>20</screen_edge_strength></resistance>
<focus><focusNew>yes</focusNew><followMouse>no</followMouse><focusLast>yes</focusLast></focus>
<placement><policy>Smart</policy><center>yes</center></placement>
<theme>
  <name>Onyx</name>
  <titleLayout>{"LMC" if kiosk else "LIMC"}</titleLayout>
  <keepBorder>no</keepBorder>
  <animateIconify>no</animateIconify>
</theme>
<desktops><number>1</number><popupTime>0</popupTime></desktops>
<resize><drawContents>yes</drawContents><popupShow>Never</popupShow></resize>
<keyboard>
{"" if kiosk else DESKTOP_KEYS}</keyboard>
<mouse>
{MOUSE.replace("{raise}", KIOSK_RAISE if kiosk else RAISE)}{"" if kiosk else DESKTOP_MOUSE}</mouse>
<menu><file>{escape(str(menu))}</file><showIcons>no</showIcons></menu>
<applications>
{KIOSK_RULES if kiosk else ""}</applications>
</openbox_config>
"""


def _menu(command: str) -> str:
    return f"""\
<?xml version="1.0" encoding="UTF-8"?>
<openbox_menu xmlns="http://openbox.org/3.4/menu">
<menu id="root-menu" label="desktopd">
  <item label="{escape(command, {'"': "&quot;"})}">
    <action name="Execute"><command>{escape(without_shell(command))}</command></action>
  </item>
  <separator/>
  <menu id="client-list-menu"/>
</menu>
</openbox_menu>
"""


OPENBOX = WindowManager(
    "openbox",
    (Program(("openbox",), "openbox", version=("--version",)),),
    configure,
    take_over=("--replace",),
)

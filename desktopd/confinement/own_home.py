"""Settings and caches of a locked desktop's programs: those of the home folder, in a folder apart.

What they write would run where nothing confines it, did it lie at home: a start-up script in
napari's settings, a command in git's or Jupyter's, Numba's pickles, what Mesa has compiled. For the
same reason nothing of it is there at the next start, which is not behind all walls at once.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Collection, Iterable
from pathlib import Path

FOLDERS = {
    "XDG_CACHE_HOME": ".cache",
    "XDG_CONFIG_HOME": ".config",
    "XDG_DATA_HOME": ".local/share",
    "XDG_STATE_HOME": ".local/state",
}
"""Where programs look for them: variables, and what these stand for (XDG Base Directory 0.8)."""
GPU_CACHES = ("CUDA_CACHE_PATH", "__GL_SHADER_DISK_CACHE_PATH")
COPIED = (
    *(".config/napari", ".local/share/napari", ".cache/napari"),
    *(".cache/fontconfig", ".cache/matplotlib", ".cache/numba"),
)
"""What programs want to write anew; the rest of what is there is read alone."""
LEFT_OUT = (".cache/dconf", ".cache/mesa_shader_cache", ".cache/mesa_shader_cache_db")
"""What they want to write, and is soon made again."""


def own_environment(folder: Path) -> dict[str, str]:
    """Variables that lead programs to what `make_own_home` has made in `folder`."""
    own = {name: str(folder / place) for name, place in FOLDERS.items()}
    return {**own, **dict.fromkeys(GPU_CACHES, str(folder / ".nv"))}


def make_own_home(folder: Path, home: Path, closed: Collection[str] = ()) -> None:
    """Make `folder`, with copies of what is to be written and links to the rest at `home`.

    In the place of what is `closed` there programs make their own. Raises OSError.
    """
    for name in (".nv", *FOLDERS.values()):
        (folder / name).mkdir(mode=0o700, parents=True)
    for place in FOLDERS.values():
        for entry in _entries(home / place):
            name = f"{place}/{entry.name}"
            with contextlib.suppress(OSError, shutil.Error):
                if name in COPIED and entry.is_dir(follow_symlinks=False):
                    shutil.copytree(entry, folder / name, symlinks=True)
                elif name not in LEFT_OUT and name not in closed:
                    (folder / name).symlink_to(entry)


def _entries(folder: Path) -> Iterable[os.DirEntry[str]]:
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        return list(entries)
    return ()

"""Shows image files in napari once, flat and in 3D, as the last step of building the image.

``xvfb-run python warm.py FILE ...`` fills napari's, the fonts' and the shaders' caches. It fails
where napari cannot draw, and where the image lacks a library that a module of Qt asks for.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys

import napari
import numpy as np
import PyQt6

ENOUGH_COLOURS = 100


def main(files: list[str]) -> int:
    """Returns the exit status; raises ImportError for a module of Qt."""
    for module in pkgutil.iter_modules(PyQt6.__path__, "PyQt6."):
        importlib.import_module(module.name)
    viewer = napari.Viewer()
    viewer.open(files, plugin="napari")
    for dimensions in (2, 3):
        viewer.dims.ndisplay = dimensions
        picture = viewer.screenshot(canvas_only=True, flash=False)
        colours = len(np.unique(picture.reshape(-1, picture.shape[-1]), axis=0))
        if colours < ENOUGH_COLOURS:
            print(f"napari drew {files} in {dimensions}D with {colours} colours only")
            return 1
    viewer.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

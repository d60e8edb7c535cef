"""Makes image data to open without a network: cells in two channels, in 2D and as a stack.

``python samples.py FOLDER`` writes TIFF files of ImageJ's flavour; their axes and voxel sizes are
in them, the values are 8 bit.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import tifffile
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import KDTree

Image = NDArray[np.float64]

MICROMETRES_PER_PIXEL = 0.2
MICROMETRES_PER_PLANE = 0.5


def main(folder: Path) -> None:
    """Write the samples into `folder`, the same at every run."""
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(seed=1)
    flat = cells((1, 1024, 1024), diameter=90.0, random=random)[:, 0]
    write(folder / "cells-2d.tif", flat, "CYX")
    # ImageJ's order of axes puts the channels behind the planes.
    stack = cells((48, 256, 256), diameter=52.0, random=random).swapaxes(0, 1)
    write(folder / "cells-3d.tif", stack, "ZCYX")


def cells(shape: tuple[int, int, int], *, diameter: float, random: np.random.Generator) -> Image:
    """A tissue: membranes and nuclei, brightness 0 to 1, with axes channel, z, y, x.

    `shape` counts planes and pixels, `diameter` is that of a cell in pixels.
    """
    voxel = np.array([MICROMETRES_PER_PLANE / MICROMETRES_PER_PIXEL, 1, 1])
    places = np.indices(np.ceil(np.array(shape) * voxel / diameter).astype(int)).reshape(3, -1).T
    centres = (places + random.uniform(0.2, 0.8, places.shape)) * diameter
    if shape[0] == 1:
        centres[:, 0] = 0
    voxels = np.indices(shape).reshape(3, -1).T * voxel
    distances, owners = KDTree(centres).query(voxels, k=2, workers=-1)
    nearest, second = distances.T
    membranes = np.exp(-(((second - nearest) / 5) ** 2))
    brightness = random.uniform(0.4, 1.0, len(centres))[owners[:, 0]]
    radius = random.uniform(0.22, 0.32, len(centres))[owners[:, 0]] * diameter
    texture = 1 + 3 * ndimage.gaussian_filter(random.standard_normal(shape), 2).ravel()
    nuclei = brightness * texture * (nearest < radius)
    channels = np.stack([membranes, nuclei]).reshape(2, *shape)
    blurred = ndimage.gaussian_filter(channels, (0, 0.5, 1.2, 1.2))
    noisy: Image = blurred + random.normal(0.03, 0.02, blurred.shape)
    return noisy.clip(0, 1)


def write(path: Path, image: Image, axes: str) -> None:
    """Save `image`, whose axes are in ImageJ's letters, with its voxel size."""
    tifffile.imwrite(
        path,
        (image * 255).astype(np.uint8),
        imagej=True,
        resolution=(1 / MICROMETRES_PER_PIXEL, 1 / MICROMETRES_PER_PIXEL),
        metadata={
            "axes": axes,
            "unit": "um",
            "spacing": MICROMETRES_PER_PLANE,
            "mode": "composite",
        },
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""Volumes of uint16 as textures of float32, where OpenGL is software: the same picture, sooner.

Mesa's llvmpipe takes a third longer for a sample of a 16-bit texture, since it makes a float of
each of the eight voxels that it interpolates. They are made once instead, as llvmpipe makes them:
no pixel differs. Textures of 8 bits stay, though they are slower still: llvmpipe interpolates them
in 8 bits, so that the picture would be another one. Tested by tests/x11/test_motion.py.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from vispy.visuals._scalable_textures import GPUScaledTextured3D
from vispy.visuals.volume import VolumeVisual

from desktopd.integrations.napari.raster_canvas import is_software, renderer

LARGEST = 1 << 25
"""Voxels of the largest volume for which twice the memory is taken, 128 MiB instead of 64.

Twice as large, reading from memory costs what the sampling saves.
"""
TOP = 65535
"""The value of uint16 that is 1.0 in a shader."""


def install() -> None:
    """Have vispy's volumes keep their data so from now on, where Mesa draws."""
    create = VolumeVisual._create_texture

    def choose(visual: Any, texture_format: Any, data: NDArray[Any]) -> Any:
        texture = create(visual, texture_format, data)
        if type(texture) is not GPUScaledTextured3D or texture_format != "auto":
            return texture
        if not is_software(renderer()):
            return texture
        return FloatTexture(
            data,
            interpolation=texture.interpolation,
            internalformat=texture_format,
            wrapping=texture.wrapping,
        )

    VolumeVisual._create_texture = choose


class FloatTexture(GPUScaledTextured3D):  # type: ignore[misc]
    """A texture for data of any type, which keeps uint16 as the floats that OpenGL makes of it."""

    _made_of_uint16 = False

    @property
    def is_normalized(self) -> bool:
        """Whether the shader sees the largest value of the data's type as 1.0."""
        return self._made_of_uint16 or bool(super().is_normalized)

    def normalize_value(self, val: Any, input_data_dtype: Any) -> Any:
        """A value of the data as the shader sees it."""
        return val / TOP if self._made_of_uint16 else super().normalize_value(val, input_data_dtype)

    def scale_and_set_data(self, data: NDArray[Any], offset: Any = None, copy: bool = False) -> Any:
        """Upload `data`, of shape (depth, height, width) or with channels behind."""
        self._made_of_uint16 = data.dtype == np.uint16 and data.ndim == 3 and data.size <= LARGEST
        if self._made_of_uint16:
            self._clim = self._compute_clim(data)
            data = np.multiply(data, np.float32(1) / np.float32(TOP), dtype=np.float32)
        return super().scale_and_set_data(data, offset=offset, copy=copy)

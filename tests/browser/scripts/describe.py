"""Run by napari, which opens it: writes all that a viewer shows beside this file, as JSON."""

import hashlib
import json
from enum import Enum
from pathlib import Path
from typing import Any

import numpy as np
from napari import current_viewer


def plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        content = value.tobytes() if value.dtype.kind in "biuf" else repr(value.tolist()).encode()
        kind = str(value.dtype) if value.dtype.kind in "biuf" else "objects"
        return [kind, list(value.shape), hashlib.sha256(content).hexdigest()]
    if isinstance(value, dict):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple) or type(value).__name__ == "MultiScaleData":
        return [plain(part) for part in value]
    if type(value).__name__ == "DataFrame":
        return {key: plain(value[key].to_numpy()) for key in value.columns}
    if hasattr(value, "model_dump"):
        return [type(value).__name__, plain(value.model_dump())]
    if isinstance(value, np.generic):
        return value.item()
    if value is None or isinstance(value, bool | int | float):
        return value
    return str(value.value if isinstance(value, Enum) else value)


def layer(one: Any) -> Any:
    data, state, kind = one.as_layer_data_tuple()
    besides = [getattr(one, name, None) for name in ("selected_label", "brush_size")]
    return [kind, plain(data), plain(state), str(one.source.path), besides]


viewer = current_viewer()
told = {
    "layers": {one.name: layer(one) for one in viewer.layers},
    "order": [one.name for one in viewer.layers],
    "active": viewer.layers.selection.active.name,
    "camera": plain([getattr(viewer.scene.camera, name) for name in ("center", "zoom", "angles")]),
    "dims": plain([viewer.dims.point, viewer.dims.ndisplay, viewer.dims.order]),
}
Path(__file__).with_suffix(".json").write_text(json.dumps(told, indent=1, sort_keys=True))

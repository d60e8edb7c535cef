"""Each attribute that can be set of a layer comes back, of each kind of layer."""

import copy
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from desktopd.integrations.napari.session.blocks import Blocks
from desktopd.integrations.napari.session.capture import capture
from desktopd.integrations.napari.session.each import settled
from desktopd.integrations.napari.session.made import note_made
from desktopd.integrations.napari.session.settable import NOT_KEPT, settable
from tests.unit.integrations.napari.session.restoring import restored, saved

# What napari's own libraries warn of is not ours to mend.
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from napari import layers
    from napari.components import ViewerModel
    from napari.utils.colormaps import label_colormap

pytestmark = pytest.mark.filterwarnings("ignore")

RNG = np.random.default_rng(3)
CORNERS = [RNG.random((4, 2)) for _ in range(5)]
FEATURES = {"q": [1.0, 2, 3, 4, 6], "kind": list("babca")}
TRACKS = [[0, 0, 1.0, 1], [0, 1, 2, 2], [1, 2, 3, 3], [1, 3, 4, 4]]
PLANE = {"position": (1, 2, 3), "normal": (1, 0, 0), "thickness": 4}
CLIPPING = [{"position": (1, 2, 3), "normal": (1, 0, 0), "enabled": True}]
KINDS: dict[str, Callable[[], Any]] = {
    "image": lambda: layers.Image(RNG.random((4, 5, 6))),
    "levels": lambda: layers.Image([RNG.random((64, 64)), RNG.random((32, 32))]),
    "labels": lambda: layers.Labels(RNG.integers(0, 9, (4, 5, 6))),
    "points": lambda: layers.Points(RNG.random((5, 2)), features=FEATURES),
    "shapes": lambda: layers.Shapes(CORNERS, shape_type="polygon", features=FEATURES),
    "surface": lambda: layers.Surface((RNG.random((4, 3)), np.array([[0, 1, 2], [1, 2, 3]]))),
    "tracks": lambda: layers.Tracks(TRACKS, features={"speed": [1.0, 2, 3, 4]}),
    "vectors": lambda: layers.Vectors(RNG.random((5, 2, 2)), features=FEATURES),
}
"""Of each kind one layer."""

OTHERS: dict[str, Any] = {
    "antialiasing": 2,
    "attenuation": 0.5,
    "blending": "additive",
    "border_color_cycle": ["red", "green"],
    "border_colormap": "magma",
    "border_contrast_limits": (0, 9),
    "border_width": 0.25,
    "brush_size": 4,
    "canvas_size_limits": (3, 500),
    "color_by": "speed",
    "contiguous": False,
    "contour": 2,
    "contrast_limits": (0.25, 0.75),
    "contrast_limits_range": (0, 2),
    "current_border_color": "magenta",
    "current_border_width": 0.5,
    "current_edge_color": "magenta",
    "current_edge_width": 7,
    "current_face_color": "blue",
    "current_size": 13,
    "current_symbol": "star",
    "custom_interpolation_kernel_2d": np.ones((3, 3)),
    "depiction": "plane",
    "display_graph": False,
    "display_id": True,
    "display_tail": False,
    "edge_color_cycle": ["red", "green"],
    "edge_colormap": "magma",
    "edge_contrast_limits": (0, 9),
    "edge_width": 2,
    "editable": False,
    "experimental_clipping_planes": CLIPPING,
    "face_color_cycle": ["red", "green"],
    "face_colormap": "magma",
    "face_contrast_limits": (0, 9),
    "gamma": 0.5,
    "head_length": 3,
    "hide_completed_tracks": True,
    "interpolation2d": "cubic",
    "interpolation3d": "nearest",
    "iso_gradient_mode": "smooth",
    "iso_threshold": 0.25,
    "length": 3,
    "locked": True,
    "metadata": {"who": "me"},
    "n_edit_dimensions": 3,
    "name": "mine",
    "opacity": 0.25,
    "plane": PLANE,
    "preserve_labels": True,
    "rendering": "translucent",
    "selected_data": {1, 3},
    "selected_label": 3,
    "shading": "smooth",
    "show_selected_label": True,
    "shown": [True, False, True, True, False],
    "size": [1, 2, 3, 4, 5],
    "symbol": ["disc", "cross", "star", "disc", "ring"],
    "tail_length": 9,
    "tail_width": 5,
    "text": {"string": "{q}", "size": 9},
    "vector_style": "arrow",
    "visible": False,
    "wireframe": {"visible": True},
    "z_index": [3, 1, 2, 5, 4],
}
"""A value that each attribute does not have by default."""
OF_A_KIND: dict[tuple[str, str], Any] = {
    ("points", "shading"): "spherical",
    ("points", "projection_mode"): "rescale_linear",
    ("vectors", "projection_mode"): "fade",
    ("tracks", "blending"): "translucent",
    ("image", "projection_mode"): "max",
    ("levels", "projection_mode"): "max",
    ("levels", "locked_data_level"): 1,
    ("labels", "colormap"): label_colormap(7, seed=0.25),
    ("image", "colormap"): "magma",
    ("levels", "colormap"): "magma",
    ("surface", "colormap"): "magma",
    ("tracks", "colormap"): "hsv",
    ("image", "rendering"): "iso",
    ("levels", "rendering"): "iso",
}
UNTRIED = {
    "affine": "test_what_all_layers_have",
    "auto_contrast": "test_contrast_that_follows_the_view",
    "axis_labels": "test_what_all_layers_have",
    "border_color": "test_colours_follow_their_feature",
    "border_width_is_relative": "says how border_width is meant, and is so",
    "colormaps_dict": "no control sets it",
    "edge_color": "test_colours_follow_their_feature",
    "face_color": "test_colours_follow_their_feature",
    "feature_defaults": "test_values.py",
    "features": "test_values.py",
    "graph": "a part of the data",
    "normals": "as wireframe",
    "projection_mode": "a kind has one choice alone",
    "properties": "are the features",
    "rotate": "test_what_all_layers_have",
    "scale": "test_what_all_layers_have",
    "shape_type": "test_restore.py",
    "shear": "test_what_all_layers_have",
    "texture": "an image on a surface",
    "texcoords": "an image on a surface",
    "translate": "test_what_all_layers_have",
    "units": "test_what_all_layers_have",
    "vertex_colors": "as texture",
    "locked_data_level": "of several levels alone",
}


BOTH = pytest.mark.parametrize("by_script", [False, True], ids=["made", "script"])


def value_for(kind: str, name: str) -> Any:
    return OF_A_KIND.get((kind, name), OTHERS.get(name))


def attributes(kind: str) -> list[str]:
    cls: Any = type(KINDS[kind]())
    return [name for name in settable(cls) if name not in NOT_KEPT]


def there_and_back(layer: Any, blocks: Blocks, former: Any = None) -> tuple[Any, list[str]]:
    """A layer after a restart, as `former` where a script has made one again, and what is not."""
    viewer, script = ViewerModel(), ViewerModel()
    viewer.add_layer(layer)
    note_made(viewer.layers)
    if former is not None:
        former.name = layer.name
        script.add_layer(former)
    viewer, told, _ = restored(saved(viewer, blocks), blocks, script)
    (again,) = viewer.layers
    assert former in (None, again)
    return again, [one["name"] for one in told.missing]


def same(one: Any, other: Any) -> bool:
    if one is None or other is None:
        return one is other
    if hasattr(one, "affine_matrix"):
        one, other = one.affine_matrix, other.affine_matrix
    if hasattr(one, "model_dump"):
        one, other = one.model_dump(), other.model_dump()
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, np.ndarray):
        one, other = one.tolist(), np.asarray(other).tolist()
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, float | np.floating):
        return bool(np.isclose(one, other, equal_nan=True))
    return bool(one == other)


@pytest.mark.parametrize("kind", KINDS)
def test_each_attribute_is_tried_or_has_a_reason_not_to_be(kind: str) -> None:
    names = set(attributes(kind))
    assert names - {name for name in names if value_for(kind, name) is not None} <= UNTRIED.keys()


@BOTH
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_set_comes_back(blocks: Blocks, kind: str, by_script: bool) -> None:
    layer = KINDS[kind]()
    tried = [name for name in attributes(kind) if value_for(kind, name) is not None]
    # What is current is set of all that is selected.
    tried.sort(key="selected_data".__eq__)
    for name in tried:
        default = copy.deepcopy(getattr(layer, name))
        setattr(layer, name, value_for(kind, name))
        assert not same(getattr(layer, name), default), name
    again, missing = there_and_back(layer, blocks, KINDS[kind]() if by_script else None)
    before, after = ({name: getattr(one, name) for name in tried} for one in (layer, again))
    assert {name: after[name] for name in tried if not same(before[name], after[name])} == {}
    assert missing == []


@BOTH
@pytest.mark.parametrize("kind", KINDS)
def test_what_all_layers_have_comes_back(blocks: Blocks, kind: str, by_script: bool) -> None:
    layer = KINDS[kind]()
    axes = range(layer.ndim)
    place = {
        "affine": np.eye(layer.ndim + 1) * 2,
        "axis_labels": tuple("abc"[: layer.ndim]),
        "rotate": np.roll(np.eye(layer.ndim), 1, axis=0),
        "scale": [axis + 2 for axis in axes],
        "shear": [0.25] * (layer.ndim * (layer.ndim - 1) // 2),
        "translate": [axis + 5 for axis in axes],
        "units": ("nm",) * layer.ndim,
    }
    for name, value in place.items():
        setattr(layer, name, value)
    again, missing = there_and_back(layer, blocks, KINDS[kind]() if by_script else None)
    assert [name for name in place if not same(getattr(again, name), getattr(layer, name))] == []
    assert missing == []


def test_contrast_that_follows_the_view_goes_on_to_do_so(blocks: Blocks) -> None:
    layer = KINDS["image"]()
    layer.auto_contrast = True
    assert there_and_back(layer, blocks)[0].auto_contrast is True


PARTS = {"points": ("face", "border"), "shapes": ("face", "edge"), "vectors": ("edge",)}
COLOURED = [(kind, part) for kind, parts in PARTS.items() for part in parts]


@BOTH
@pytest.mark.parametrize(("kind", "part"), COLOURED)
@pytest.mark.parametrize(("feature", "mode"), [("q", "colormap"), ("kind", "cycle")])
def test_colours_follow_their_feature(
    blocks: Blocks, kind: str, part: str, feature: str, mode: str, by_script: bool
) -> None:
    layer = KINDS[kind]()
    setattr(layer, f"{part}_colormap", "magma")
    setattr(layer, f"{part}_color_cycle", ["red", "green", "blue"])
    setattr(layer, f"{part}_color", feature)
    if mode == "colormap":
        setattr(layer, f"{part}_contrast_limits", (0, 20))
    again, missing = there_and_back(layer, blocks, KINDS[kind]() if by_script else None)
    assert missing == []
    assert str(getattr(again, f"{part}_color_mode")) == mode
    assert same(getattr(again, f"{part}_color"), getattr(layer, f"{part}_color"))
    for one in (layer, again):
        one.features = {"kind": list("ccccc"), "q": [9.0] * 5}
        one.refresh_colors()
    assert same(getattr(again, f"{part}_color"), getattr(layer, f"{part}_color"))


def test_colours_that_their_feature_does_not_give_stay_as_they_are(blocks: Blocks) -> None:
    layer = KINDS["points"]()
    layer.face_color_cycle = ["red", "green"]
    layer.face_color = "kind"
    # It is the first of the cycle, and of its kind no more.
    layer.features = {"kind": list("ccccb")}
    before = np.array(layer.face_color)
    again, missing = there_and_back(layer, blocks)
    assert same(again.face_color, before)
    assert (str(again.face_color_mode), missing) == ("direct", ["Points: face_color_mode"])


@pytest.mark.parametrize("colouring", [3, {"face": 3}, {"face": ["colormap", "no"]}, {"no": 1}])
def test_a_colouring_that_is_none_keeps_no_layer_from_coming_back(
    blocks: Blocks, colouring: Any
) -> None:
    viewer = ViewerModel()
    viewer.add_layer(KINDS["points"]())
    document = saved(viewer, blocks)
    document["layers"][0]["colouring"] = colouring
    again = restored(document, blocks)[0].layers[0]
    assert same(again.face_color, viewer.layers[0].face_color)


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_asked_for_that_warns(kind: str) -> None:
    layer = KINDS[kind]()
    with warnings.catch_warnings():
        # napari shows each to its user.
        warnings.simplefilter("error")
        capture(layer, replaced=False)


class Odd(layers.Points):
    """A layer of a plugin."""

    @property
    def asked(self) -> int:
        raise AssertionError

    @asked.setter
    def asked(self, value: int) -> None:
        raise AssertionError


def test_what_a_plugin_adds_is_not_asked_for(blocks: Blocks) -> None:
    layer = Odd([[1, 1]])
    layer.current_size = 13
    assert there_and_back(layer, blocks)[0].current_size == 13


def raising(*_: object) -> Any:
    raise RuntimeError("a plugin in the midst of something")


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_layer_does_not_tell_costs_nothing_but_itself(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    layer = KINDS[kind]()
    whole = capture(layer, replaced=False)
    parts = ["nshapes", "face_color_mode", "edge_color_mode", "_overlays"]
    for name in [*whole.besides, *(part for part in parts if hasattr(layer, part))]:
        with monkeypatch.context() as patch:
            patch.setattr(type(layer), name, property(raising, raising), raising=False)
            found = capture(layer, replaced=False)
        assert (found.name, found.state.keys()) == (whole.name, whole.state.keys())
        assert found.data is not None
        assert found.lost is None
        told, _ = settled(found.besides, None)
        assert len(told) >= len(whole.besides) - 1
        assert name not in told

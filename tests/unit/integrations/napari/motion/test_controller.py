"""Measured times in, quality out."""

from __future__ import annotations

import pytest

from desktopd.integrations.napari.motion.controller import Controller
from desktopd.integrations.napari.motion.quality import EXACT, FULL, Detail, Freedom, Quality

RAYS = Freedom(step=True, nearest=True)
BUDGET = 0.03


class Scene:
    """Layers that take `costs` seconds in the exact picture, of which `fixed` in any."""

    def __init__(self, costs: dict[str, float], freedom: Freedom = RAYS, fixed: float = 0) -> None:
        self.costs = costs
        self.fixed = fixed
        self.controller = Controller(BUDGET)
        self.controller.scene(dict.fromkeys(costs, freedom))

    def times(self, quality: Quality) -> dict[str, float]:
        return {
            name: self.fixed + (cost - self.fixed) * quality.share(name)
            for name, cost in self.costs.items()
        }

    def draw(self, frames: int = 30) -> list[Quality]:
        drawn = []
        for _ in range(frames):
            drawn.append(self.controller.next())
            self.controller.measured(drawn[-1], self.times(drawn[-1]))
        return drawn


def taken(scene: Scene, quality: Quality) -> float:
    return sum(scene.times(quality).values())


def test_nothing_is_known_of_a_new_layer() -> None:
    scene = Scene({"a": 0.4})
    assert not scene.controller.known
    scene.draw(2)
    assert scene.controller.known
    scene.controller.scene({"a": RAYS, "b": RAYS})
    assert not scene.controller.known


def test_what_is_quick_is_exact() -> None:
    scene = Scene({"a": 0.01, "b": 0.01})
    assert set(map(str, scene.draw())) == {str(EXACT)}
    assert not scene.controller.is_slow


def test_resolution_is_given_up_before_the_rays() -> None:
    scene = Scene({"a": 0.1})
    quality = scene.draw()[-1]
    assert (quality.divisor, quality.detail("a")) == (2, FULL)
    assert scene.controller.is_slow


@pytest.mark.parametrize("cost", [0.05, 0.2, 0.4, 1.0, 3.0, 8.0])
def test_the_frame_time_is_kept_and_what_there_is_is_used(cost: float) -> None:
    scene = Scene({"a": cost * 0.7, "b": cost * 0.3})
    quality = scene.draw()[-1]
    assert taken(scene, quality) <= BUDGET * 1.15
    assert quality == EXACT or taken(scene, quality) > BUDGET / 6


def test_the_costliest_layer_loses_its_detail_first() -> None:
    scene = Scene({"costly": 0.3, "cheap": 0.03})
    quality = scene.draw()[-1]
    assert quality.divisor == 3
    assert quality.detail("costly").step > 1
    assert quality.detail("cheap") == FULL


def test_what_has_no_detail_to_lose_is_drawn_smaller_still() -> None:
    scene = Scene({"points": 1.0}, Freedom())
    assert scene.draw()[-1] == Quality(6)


def test_a_part_that_does_not_depend_on_the_size_is_found_out() -> None:
    scene = Scene({"points": 0.2}, Freedom(), fixed=0.1)
    scene.controller.measured(EXACT, {"points": 0.2})
    scene.draw()
    assert scene.controller.predict(EXACT) == pytest.approx(0.2, rel=0.1)


def test_one_slow_frame_is_no_reason_two_are() -> None:
    scene = Scene({"a": 0.1})
    before = scene.draw()[-1]
    scene.controller.measured(before, {"a": 0.5})
    assert scene.controller.next() == before
    scene.controller.measured(before, {"a": 0.5})
    assert scene.controller.next().divisor > before.divisor


def test_it_comes_back_when_the_scene_is_quick_again() -> None:
    scene = Scene({"a": 2.0})
    assert scene.draw()[-1].divisor == 3
    scene.costs = {"a": 0.02}
    assert scene.draw()[-1] == EXACT


def test_it_does_not_swing_on_the_edge() -> None:
    scene = Scene({"a": 0.031})
    qualities = scene.draw(60)[5:]
    assert len(set(map(str, qualities))) == 1


def test_what_may_be_left_out_follows_the_layer() -> None:
    scene = Scene({"a": 3.0})
    assert scene.draw()[-1].detail("a") != FULL
    scene.controller.scene({"a": Freedom()})
    assert scene.controller.next().detail("a") == FULL


def test_details_go_from_fine_to_coarse() -> None:
    shares = [detail.share for detail in RAYS.details()]
    assert shares == sorted(shares, reverse=True)
    assert Freedom().details() == (FULL,)
    assert Freedom(nearest=True).details() == (FULL, Detail(nearest=True))


def test_nothing_is_given_up_for_next_to_nothing() -> None:
    scene = Scene({"points": 0.2}, Freedom(), fixed=0.17)
    scene.controller.measured(EXACT, {"points": 0.2})
    assert scene.draw()[-1].divisor <= 2


def test_each_layer_costs_its_share() -> None:
    controller = Controller(0.03)
    controller.scene({"points": Freedom(), "volume": Freedom()})
    controller.measured(EXACT, {"points": 0.2, "volume": 0.4})
    assert controller.costs(EXACT) == {"points": 0.2, "volume": 0.4}
    assert controller.costs(Quality(2))["volume"] == pytest.approx(0.1)

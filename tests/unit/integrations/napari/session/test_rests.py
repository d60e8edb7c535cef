"""How long layers are left alone after a save."""

from desktopd.integrations.napari.session.rests import LONGEST, Rests


def test_a_long_save_of_one_layer_is_no_matter_of_another() -> None:
    rests = Rests()
    rests.begin(100.0, {1: 60.0, 2: 0.02, None: 0.01})
    assert rests.resting(101.0, {1, 2, 3, None}) == {1}
    assert rests.until({1, 2}) < 101.0
    assert rests.until({3}) == 0.0


def test_no_rest_is_longer_than_is_told() -> None:
    rests = Rests()
    rests.begin(100.0, {1: 60.0, None: 50.0})
    assert rests.until({1}) == rests.until({None}) == 100.0 + LONGEST
    rests.end({1})
    assert rests.resting(100.0, {1}) == set()

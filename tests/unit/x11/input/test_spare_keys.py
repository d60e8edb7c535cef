"""Which keycode is bound, and for how long, on a keymap as data."""

from __future__ import annotations

import pytest

from desktopd.x11.input.keymap import Keymap
from desktopd.x11.input.spare_keys import LEAST_REST, RESTED, Choice, SpareKeys
from tests.unit.x11.input.keymaps import KEYMAP, TWO, key


def bound(spare: SpareKeys, keycode: int, keysym: int, now: float) -> Keymap:
    spare.bind(keycode, (keysym, keysym), [0], now)
    keys = {**KEYMAP.keys, **{k: key(TWO, *b.pair) for k, b in spare.bound.items()}}
    keymap = Keymap(keys, KEYMAP.modifiers)
    spare.follow(keymap)
    return keymap


def test_spare_keys_are_used_empty_ones_first_and_the_longest_unused_again():
    spare = SpareKeys()
    spare.follow(KEYMAP)
    taken = []
    for now in range(4):
        choice = spare.choose((), float(now))
        assert choice is not None
        assert choice.wait == 0
        taken.append(choice.keycode)
        bound(spare, choice.keycode, 0x0100_4E00 + now, float(now))
    assert sorted(taken[:2]) == [100, 101]
    assert sorted(taken[2:]) == [102, 103]
    assert spare.choose((), 3.0) == Choice(taken[0])
    spare.touch(taken[0], 3.0)
    assert spare.choose((), 3.5) == Choice(taken[1])
    assert spare.choose(taken[1:3], 3.5) == Choice(taken[0], pytest.approx(LEAST_REST - 0.5))
    assert spare.choose(taken, 3.5) is None


def test_a_media_key_is_spared_when_a_bound_key_has_rested():
    spare = SpareKeys()
    spare.follow(KEYMAP)
    for keycode in (100, 101):
        bound(spare, keycode, 0x0100_4E00 + keycode, 5.0)
    assert spare.choose((), 6.0) == Choice(103)
    assert spare.choose((), 5.0 + RESTED) == Choice(100)


def test_a_new_layout_takes_the_bindings_away():
    spare = SpareKeys()
    spare.follow(KEYMAP)
    bound(spare, 100, 0x0100_4E00, 1.0)
    spare.follow(KEYMAP)
    assert spare.bound == {}
    assert spare.choose((), 1.0) == Choice(101)

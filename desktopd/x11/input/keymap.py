"""What the keys of an X keyboard mean, and how a keysym is typed on it. Pure data and choice.

The terms are those of XKB: a key has up to four groups (layouts), a group has levels, and the
type of the group tells which modifiers lead to which level (The X Keyboard Extension, 2.2 and 12).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, combinations

from desktopd.x11.input import keysyms

SHIFT = 0x01
LOCK = 0x02

# What a change of the modifiers costs, for the choice between several ways to type a keysym.
_UNLOCK = 2
_TOGGLE_NUM_LOCK = 2
_ADD = 4
_CHANGE_GROUP = 6
_LIFT = 16
_ADD_LOCK = 32


@dataclass(frozen=True, slots=True)
class KeyType:
    """Which modifiers (bits of `mask`) lead to which level; those not in `levels` lead to 0.

    Of some combinations in `levels` a part is `preserved`: it acts on the keysym once more.
    """

    mask: int
    levels: Mapping[int, int]
    preserved: Mapping[int, int] = field(default_factory=dict)

    def level(self, modifiers: int) -> int:
        """The level under these modifiers."""
        return self.levels.get(modifiers & self.mask, 0)

    def capitalizes(self, modifiers: int) -> bool:
        """Whether a client makes a capital of the level's letter, as Caps Lock is still to act."""
        left = ~self.mask | self.preserved.get(modifiers & self.mask, 0)
        return bool(modifiers & left & LOCK)


@dataclass(frozen=True, slots=True)
class Group:
    """One layout of a key: a keysym for each level."""

    type: KeyType
    keysyms: tuple[int, ...]


class OutOfRange:
    """What a key does in a group that it does not have (XKB, groups_wrap)."""

    WRAP = 0x00
    CLAMP = 0x40
    REDIRECT = 0x80


@dataclass(frozen=True, slots=True)
class Key:
    """The groups of a key, and its XKB group info beyond their number."""

    groups: tuple[Group, ...]
    out_of_range: int = OutOfRange.WRAP

    def group(self, wanted: int) -> int:
        """The index of the group that counts while the keyboard's is `wanted`."""
        count = len(self.groups)
        if 0 <= wanted < count or not count:
            return wanted
        if self.out_of_range & OutOfRange.REDIRECT:
            redirected = self.out_of_range >> 4 & 3
            return redirected if redirected < count else 0
        if self.out_of_range & OutOfRange.CLAMP:
            return count - 1 if wanted > 0 else 0
        return wanted % count

    def all_keysyms(self) -> set[int]:
        """The keysyms of all groups and levels."""
        return {k for group in self.groups for k in group.keysyms if k != keysyms.NO_SYMBOL}


@dataclass(frozen=True, slots=True)
class State:
    """Modifiers by what keeps them, and the group in effect with the part that keys hold of it."""

    base: int = 0
    latched: int = 0
    locked: int = 0
    group: int = 0
    held_group: int = 0

    @property
    def modifiers(self) -> int:
        """The modifiers in effect."""
        return self.base | self.latched | self.locked


@dataclass(frozen=True, slots=True)
class Stroke:
    """A key, and the modifiers and the group to press it in."""

    keycode: int
    modifiers: int
    group: int

    def fits(self, state: State) -> bool:
        """Whether the modifiers and the group are as they are in `state`."""
        return (self.modifiers, self.group) == (state.modifiers, state.group)


@dataclass(frozen=True, slots=True)
class _Place:
    keycode: int
    group: int
    level: int
    type: KeyType


@dataclass(frozen=True)
class Keymap:
    """All keys by keycode, and the modifiers (bits) of those that are modifiers."""

    keys: Mapping[int, Key]
    modifiers: Mapping[int, int]

    @cached_property
    def level_modifiers(self) -> int:
        """The modifiers that choose a level, so never Control, Alt or Super."""
        return SHIFT | LOCK | self._modifiers_of(keysyms.LEVEL_KEYS)

    @cached_property
    def num_lock(self) -> int:
        """The modifier of Num_Lock, 0 if there is none."""
        return self._modifiers_of(frozenset({keysyms.NUM_LOCK}))

    @cached_property
    def groups(self) -> int:
        """The number of groups of the key that has most."""
        return max((len(key.groups) for key in self.keys.values()), default=1)

    @cached_property
    def _places(self) -> Mapping[int, list[_Place]]:
        places: dict[int, list[_Place]] = {}
        for keycode, key in self.keys.items():
            for index, group in enumerate(key.groups):
                for level, keysym in enumerate(group.keysyms):
                    if keysym != keysyms.NO_SYMBOL:
                        place = _Place(keycode, index, level, group.type)
                        places.setdefault(keysyms.canonical(keysym), []).append(place)
        return places

    def has(self, keysym: int) -> bool:
        """Whether some key bears the keysym."""
        return keysyms.canonical(keysym) in self._places

    def bearers(self, keysym: int) -> set[int]:
        """The keycodes that bear the keysym."""
        return {place.keycode for place in self._places.get(keysyms.canonical(keysym), ())}

    def is_shortcut(self, state: State) -> bool:
        """Whether modifiers are held that make another thing of a key than text."""
        return bool(state.base & ~self.level_modifiers & ~self.num_lock)

    def bears(self, keycode: int, keysym: int) -> bool:
        """Whether this key bears the keysym."""
        places = self._places.get(keysyms.canonical(keysym), ())
        return any(place.keycode == keycode for place in places)

    def keysym(self, keycode: int, state: State) -> int:
        """What a client makes of the key, before it looks at Caps Lock; 0 for nothing."""
        key = self.keys.get(keycode)
        if key is None or not key.groups:
            return keysyms.NO_SYMBOL
        group = key.groups[key.group(state.group)]
        level = group.type.level(state.modifiers)
        return group.keysyms[level] if level < len(group.keysyms) else keysyms.NO_SYMBOL

    def stroke(self, keysym: int, state: State, preferred: int = 0) -> Stroke | None:
        """The least disturbing way to type `keysym` in `state`; None if no key bears it.

        Modifiers that a user holds are lifted only for text: Shift+Tab stays so, although its
        keysym is not Tab. Of ways that are equal otherwise it takes the keycode `preferred`.
        """
        places = self._places.get(keysyms.canonical(keysym), [])
        if keysyms.is_modifier(keysym):
            ways = [Stroke(p.keycode, state.modifiers, state.group) for p in places]
        else:
            ways = [way for place in places for way in self._ways(place, keysym, state)]
        if keysyms.is_function(keysym):
            ways = [w for w in ways if not self._lifted(w, state)] or [
                Stroke(p.keycode, state.modifiers, state.group)
                for p in sorted(places, key=lambda p: p.level)[:1]
            ]
        return min(ways, key=lambda way: self._cost(way, state, preferred), default=None)

    def _modifiers_of(self, bearers: frozenset[int]) -> int:
        found = 0
        for keycode, modifiers in self.modifiers.items():
            key = self.keys.get(keycode)
            if key is not None and not bearers.isdisjoint(key.all_keysyms()):
                found |= modifiers
        return found

    def _ways(self, place: _Place, keysym: int, state: State) -> Iterator[Stroke]:
        key = self.keys[place.keycode]
        fits = key.group(state.group) == place.group
        group = state.group if fits else place.group
        mask = place.type.mask & self.level_modifiers
        letter = keysyms.has_capital(keysym)
        mask |= LOCK if letter else 0
        for chosen in _subsets(mask):
            capitalized = letter and place.type.capitalizes(chosen)
            if place.type.level(chosen) == place.level and not capitalized:
                yield Stroke(place.keycode, state.modifiers & ~mask | chosen, group)

    def _lifted(self, way: Stroke, state: State) -> int:
        return state.base & ~way.modifiers

    def _cost(self, way: Stroke, state: State, preferred: int) -> tuple[int, bool, int]:
        added = way.modifiers & ~state.modifiers
        removed = state.modifiers & ~way.modifiers
        lifted = removed & state.base
        num_lock = (added | removed) & self.num_lock & ~lifted
        cost = _LIFT * lifted.bit_count() + (_TOGGLE_NUM_LOCK if num_lock else 0)
        cost += _UNLOCK * (removed & ~lifted & ~num_lock).bit_count()
        cost += _ADD * (added & ~num_lock & ~LOCK).bit_count()
        cost += (_ADD_LOCK if added & LOCK else 0) + (
            _CHANGE_GROUP if way.group != state.group else 0
        )
        return cost, way.keycode != preferred, way.keycode


def _subsets(mask: int) -> Iterator[int]:
    bits = [1 << n for n in range(8) if mask >> n & 1]
    for chosen in chain.from_iterable(combinations(bits, n) for n in range(len(bits) + 1)):
        yield sum(chosen)

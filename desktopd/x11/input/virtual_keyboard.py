"""The keys that are down, and how a keysym becomes events of keys. Belongs to the X thread.

It counts how many viewers hold each keycode, since X knows one keyboard only: XTEST releases a key
for all of them. Which viewer holds what is kept in keyboard. Tested by tests/x11/test_keyboard.py.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from Xlib import X

from desktopd.x11.input import keysyms, xkb, xkbcommon, xtest
from desktopd.x11.input.auto_repeat import AutoRepeat
from desktopd.x11.input.keymap import LOCK, State, Stroke
from desktopd.x11.input.scancodes import KEY_NAMES
from desktopd.x11.input.spare_keys import SpareKeys
from desktopd.x11.x_thread import Event
from desktopd.x11.xlib_patches import Display

logger = logging.getLogger(__name__)


class VirtualKeyboard:
    """What all viewers do to the keyboard together; a key is down until nobody holds it."""

    def __init__(self, display: Display) -> None:
        """Raises XError when the server has no XTEST or no XKB, or libxkbcommon is missing."""
        xkbcommon.load()
        xtest.use(display)
        xkb.use(display)
        self._display = display
        self._down: Counter[int] = Counter()
        self._spare = SpareKeys()
        self._auto_repeat = AutoRepeat(display)
        # The key that was pressed last, and whether X repeats it.
        self._last, self._repeats = 0, False
        # The keymap is read when it is needed.
        self._stale = True

    def note(self, event: Event) -> None:
        """Take note of an event: X may have another keymap."""
        if isinstance(event, xkb.KeymapChanged):
            self._stale = True

    def press(self, keysym: int, scancode: int | None) -> int:
        """Press what types `keysym`; returns the keycode, for `release`, or 0 if nothing does."""
        state = xkb.read_state(self._display)
        self._refresh()
        stroke = self._stroke(keysym, scancode, state)
        if stroke is None:
            return 0
        keycode = stroke.keycode
        modifier = keycode in self._keymap.modifiers
        if self._down[keycode] and not modifier:
            self._fake(X.KeyRelease, keycode)
        if not self._down[keycode] or not modifier:
            if not modifier:
                # A repeat of X's has the modifiers of its moment.
                self._last, self._repeats = keycode, stroke.fits(state)
                self._auto_repeat.run(self._repeats)
            with self._modifiers(stroke, state):
                self._fake(X.KeyPress, keycode)
        self._down[keycode] += 1
        self._spare.touch(keycode, time.monotonic())
        return keycode

    def release(self, keycode: int) -> None:
        """Release a key that `press` has returned, once for each time."""
        self._down[keycode] -= 1
        if self._down[keycode] <= 0:
            del self._down[keycode]
            self._fake(X.KeyRelease, keycode)
            self._spare.touch(keycode, time.monotonic())

    def bears(self, keycode: int, keysym: int) -> bool:
        """Whether the key bears the keysym at whatever level."""
        return self._keymap.bears(keycode, keysym)

    def renew(self, keycode: int) -> bool:
        """A viewer repeats a key that it holds; returns whether X repeats it, or did until a stall.

        Pressing it anew, with the release that this takes, would be a lie: a program might undo
        what it does as long as the key is held.
        """
        return keycode == self._last and self._repeats

    def end_repeat(self) -> None:
        """Have X repeat nothing until another key is pressed."""
        self._auto_repeat.run(False)

    def is_modifier(self, keycode: int) -> bool:
        """Whether the key is a modifier, which does not repeat."""
        return keycode in self._keymap.modifiers

    def close(self) -> None:
        """Release all keys and give X its keymap and its auto-repeat back."""
        for keycode in list(self._down):
            self._fake(X.KeyRelease, keycode)
        self._down.clear()
        self._refresh()
        for keycode, bound in self._spare.bound.items():
            self._display.change_keyboard_mapping(keycode, [bound.before])
        self._auto_repeat.close()
        self._display.sync()

    def _refresh(self) -> None:
        """Read the keymap if it is another; events that came with the last reply tell."""
        queue = self._display.display.event_queue
        while self._stale or any(isinstance(event, xkb.KeymapChanged) for event in queue):
            self._stale = False
            queue[:] = [event for event in queue if not isinstance(event, xkb.KeymapChanged)]
            self._keymap = xkb.read_keymap(self._display)
            self._names = xkb.read_names(self._display).keys
            self._spare.follow(self._keymap)

    def _stroke(self, keysym: int, scancode: int | None, state: State) -> Stroke | None:
        physical = self._names.get(KEY_NAMES.get(scancode or 0, ""), 0)
        if keysyms.is_valid(keysym):
            if physical and self._is_foreign(keysym) and self._keymap.is_shortcut(state):
                return Stroke(physical, state.modifiers, state.group)
            if not self._keymap.has(keysym):
                self._bind(keysym)
            return self._keymap.stroke(keysym, state, physical)
        # A viewer knows no keysym of its dead keys and while it composes; the text comes later.
        meaning = self._keymap.keysym(physical, state)
        if keysyms.is_modifier(meaning) or keysyms.is_function(meaning):
            return Stroke(physical, state.modifiers, state.group)
        logger.debug("no key for keysym %#x, scan code %s", keysym, scancode)
        return None

    def _is_foreign(self, keysym: int) -> bool:
        """Whether it is a character that the layout lacks, and that names no shortcut."""
        character = keysyms.character(keysym)
        if character is None or character.isascii():
            return False
        return self._keymap.bearers(keysym) <= self._spare.bound.keys()

    def _bind(self, keysym: int) -> None:
        choice = self._spare.choose(self._down, time.monotonic())
        if choice is None:
            logger.warning("keysym %#x cannot be typed: every spare key is held down", keysym)
            return
        time.sleep(choice.wait)
        pair = keysyms.cases(keysym)
        before = list(self._display.get_keyboard_mapping(choice.keycode, 1)[0])
        # One keysym alone would get a second level of X's choice.
        self._display.change_keyboard_mapping(choice.keycode, [pair])
        self._spare.bind(choice.keycode, pair, before, time.monotonic())
        self._stale = True
        self._refresh()

    @contextmanager
    def _modifiers(self, stroke: Stroke, state: State) -> Iterator[None]:
        """What is pressed inside is pressed with other modifiers, in another group.

        Missing ones are locked: a program sees no key that nobody has pressed. What a user holds
        can only be lifted and pressed again.
        """
        wanted = stroke.modifiers
        if stroke.fits(state):
            yield
            return
        lifted = self._held(state.base & ~wanted & ~LOCK & ~self._keymap.num_lock)
        affected = (wanted & ~state.modifiers) | (state.locked & ~wanted)
        group = (stroke.group - state.held_group) % self._keymap.groups
        restored = (state.group - state.held_group) % self._keymap.groups
        for keycode in lifted:
            self._fake(X.KeyRelease, keycode)
        xkb.lock(self._display, affected, wanted, state.latched & ~wanted, group)
        yield
        xkb.lock(self._display, affected, state.locked, 0, restored)
        for keycode in reversed(lifted):
            self._fake(X.KeyPress, keycode)

    def _held(self, modifiers: int) -> list[int]:
        """The keys that are down, whoever pressed them, and keep these modifiers."""
        if not modifiers:
            return []
        bitmap = self._display.query_keymap()
        keys = [k for k, bits in self._keymap.modifiers.items() if bits & modifiers]
        return [k for k in keys if bitmap[k // 8] >> k % 8 & 1]

    def _fake(self, kind: int, keycode: int) -> None:
        self._display.xtest_fake_input(kind, keycode)

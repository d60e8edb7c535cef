// @ts-check
// The keys for the menu: the desktop takes every other key, Tab too, so that without a mouse the page itself is out of reach
// (WCAG 2.2, 2.1.2). F6 with a modifier is the desktop's.

import { Emitter } from '../emitter.js';

/** As `aria-keyshortcuts` spells it. */
export const MENU_KEY = 'F6 Control+Alt+Shift+M';

/**
 * Takes the keys wherever the focus is.
 *
 * Event: `pressed`.
 *
 * @extends {Emitter<{pressed: void}>}
 */
export class MenuKey extends Emitter {
  constructor() {
    super();
    window.addEventListener('keydown', (event) => this.#press(event), { capture: true });
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    if (!isMenuKey(event)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!event.repeat) this.emit('pressed');
  }
}

/**
 * Whether a key event is a key for the menu: a letter by its place, since Alt gives it another one on some machines.
 *
 * @param {Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'altKey' | 'shiftKey' | 'metaKey'>} event
 */
export function isMenuKey({ key, code, ctrlKey, altKey, shiftKey, metaKey }) {
  if (key === 'F6') return !ctrlKey && !altKey && !shiftKey && !metaKey;
  return code === 'KeyM' && ctrlKey && altKey && shiftKey && !metaKey;
}

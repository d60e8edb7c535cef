// @ts-check
// The key for the menu: the desktop takes every other key, Tab too, so that without a mouse the page itself is out of reach.

import { Emitter } from '../emitter.js';

/** As `aria-keyshortcuts` spells it. */
export const MENU_KEY = 'Control+Alt+Shift+M';

/**
 * Takes the key wherever the focus is.
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
 * Whether a key event is the key for the menu: by its place, since Alt gives it another letter on some machines.
 *
 * @param {Pick<KeyboardEvent, 'code' | 'ctrlKey' | 'altKey' | 'shiftKey' | 'metaKey'>} event
 */
export function isMenuKey({ code, ctrlKey, altKey, shiftKey, metaKey }) {
  return code === 'KeyM' && ctrlKey && altKey && shiftKey && !metaKey;
}

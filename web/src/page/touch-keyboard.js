// @ts-check
// The on-screen keyboard of a touch device.

/** @import { Key } from '../novnc/held-input.js' */

import { BACKSPACE, RETURN, TAB, keysymOf } from '../connection/keysyms.js';
import { Emitter } from '../emitter.js';

// Something for the backspace key to delete; an on-screen keyboard is silent in an empty field.
const PADDING = '\u00a0'.repeat(64);

/**
 * What the field of an on-screen keyboard gains or loses is typed on the desktop.
 *
 * Event: `key` (press and release this key).
 *
 * @extends {Emitter<{key: Key}>}
 */
export class TouchKeyboard extends Emitter {
  #field;
  #before = PADDING;

  /** @param {HTMLTextAreaElement} field */
  constructor(field) {
    super();
    this.#field = field;
    field.addEventListener('input', () => this.#type());
    field.addEventListener('keydown', (event) => this.#press(event));
    field.addEventListener('blur', () => (field.inputMode = 'none'));
  }

  /** Whether the device has a touch screen. */
  static get wanted() {
    return matchMedia('(any-pointer: coarse)').matches;
  }

  /** Call it from a tap: without one the browser shows no keyboard. */
  show() {
    this.#clear();
    this.#field.inputMode = 'text';
    this.#field.focus({ preventScroll: true });
  }

  #clear() {
    this.#before = PADDING;
    this.#field.value = PADDING;
    this.#field.setSelectionRange(PADDING.length, PADDING.length);
  }

  #type() {
    const { value } = this.#field;
    for (const key of keysBetween(this.#before, value)) this.emit('key', key);
    this.#before = value;
    if (value.length < PADDING.length / 2 || value.length > PADDING.length * 4) this.#clear();
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    const keysym = { Enter: RETURN, Tab: TAB }[event.key];
    if (keysym === undefined || event.isComposing) return;
    event.preventDefault();
    this.emit('key', { keysym, code: event.key });
  }
}

/**
 * The keys that make one text of another, typed at its end.
 *
 * @param {string} before
 * @param {string} after
 * @returns {Key[]}
 */
export function keysBetween(before, after) {
  const old = [...before];
  const young = [...after];
  let same = 0;
  while (same < old.length && old[same] === young[same]) same += 1;
  return [
    ...old.slice(same).map(() => ({ keysym: BACKSPACE, code: 'Backspace' })),
    ...young.slice(same).map((character) => ({ keysym: keysymOf(character), code: '' })),
  ];
}

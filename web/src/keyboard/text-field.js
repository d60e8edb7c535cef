// @ts-check
// The field that has the focus for the desktop: a browser gives text of an input method, of dead keys, of an on-screen keyboard,
// of dictation, and what is pasted only to a field.

/** @import { Point } from '../geometry.js' */

import { Emitter } from '../emitter.js';

// Something for the backspace key to delete; an on-screen keyboard is silent in an empty field.
const PADDING = '\u00a0'.repeat(64);

/**
 * What a text field gains and loses at its end.
 *
 * @typedef {object} Change
 * @property {number} erased - characters
 * @property {string} text - what comes in their place
 */

/**
 * A field without a look of its own: what is composed in it is seen until it is sent.
 *
 * Events: `changed`; a composition tells once, when it ends, but for an on-screen keyboard, which composes every word. `left`
 * (without the focus).
 *
 * @extends {Emitter<{changed: Change, left: void}>}
 */
export class TextField extends Emitter {
  #field;
  #before = '';
  #composing = false;
  #onScreen = false;
  #brush = /** @type {CanvasRenderingContext2D} */ (document.createElement('canvas').getContext('2d'));

  /** @param {HTMLTextAreaElement} field */
  constructor(field) {
    super();
    this.#field = field;
    field.addEventListener('input', () => this.#look());
    field.addEventListener('compositionstart', () => this.#compose(true));
    field.addEventListener('compositionend', () => this.#compose(false));
    field.addEventListener('blur', () => this.#leave());
  }

  /** Whether the device has a touch screen. */
  static get touch() {
    return matchMedia('(any-pointer: coarse)').matches;
  }

  /** Take the keys. */
  focus() {
    this.#field.focus({ preventScroll: true });
  }

  /** Bring the on-screen keyboard. Call it from a tap: without one the browser shows none. */
  showKeyboard() {
    this.#onScreen = true;
    this.#fill(PADDING);
    this.#field.inputMode = 'text';
    this.focus();
  }

  /** Forget what has been typed. Not between the keys of an input method, which would lose what it has begun. */
  clear() {
    if (!this.#composing && !this.#onScreen) this.#fill('');
  }

  /**
   * Where text is about to go: what is composed is shown there, once the composition that may be on has ended.
   *
   * @param {Point} place - CSS pixels of the window
   */
  move({ x, y }) {
    if (this.#composing) this.#field.blur();
    this.clear();
    this.#field.style.setProperty('--x', `${x}px`);
    this.#field.style.setProperty('--y', `${y}px`);
  }

  /** @param {boolean} composing */
  #compose(composing) {
    this.#composing = composing;
    this.#field.classList.toggle('composing', composing && !this.#onScreen);
    if (!composing) this.#look();
  }

  #leave() {
    this.#onScreen = false;
    this.#field.inputMode = 'none';
    this.clear();
    this.emit('left');
  }

  #look() {
    const { value } = this.#field;
    if (this.#composing && !this.#onScreen) {
      this.#show(changeBetween(this.#before, value).text);
      return;
    }
    const change = changeBetween(this.#before, value);
    this.#before = value;
    if (change.erased || change.text) this.emit('changed', change);
    if (this.#onScreen && value.length < PADDING.length / 2) this.#fill(PADDING);
    if (value.length > PADDING.length * 4) this.#fill(this.#onScreen ? PADDING : '');
  }

  /** @param {string} composed - which is the end of the field */
  #show(composed) {
    this.#brush.font = getComputedStyle(this.#field).font;
    this.#field.style.setProperty('--width', `${Math.ceil(this.#brush.measureText(composed).width)}px`);
  }

  /** @param {string} text */
  #fill(text) {
    this.#before = text;
    if (this.#field.value === text) return;
    this.#field.value = text;
    this.#field.setSelectionRange(text.length, text.length);
  }
}

/**
 * What makes one text of another.
 *
 * @param {string} before
 * @param {string} after
 * @returns {Change}
 */
export function changeBetween(before, after) {
  const old = [...before];
  const young = [...after];
  let same = 0;
  while (same < old.length && old[same] === young[same]) same += 1;
  return { erased: old.length - same, text: young.slice(same).join('') };
}

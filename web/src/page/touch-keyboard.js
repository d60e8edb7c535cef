// @ts-check

/** @import { Link } from '../connection/desktop-connection.js' */

// Keysyms (X11/keysymdef.h).
const BACKSPACE = 0xff08;
const RETURN = 0xff0d;
const TAB = 0xff09;
// Keysym of a character outside Latin-1: this bit and its code point.
const UNICODE = 0x0100_0000;

// Something for the backspace key to delete; an on-screen keyboard is silent in an empty field.
const PADDING = '\u00a0'.repeat(64);

/** The on-screen keyboard of a touch device: what its field gains or loses is typed on the desktop. */
export class TouchKeyboard {
  #field;
  #link;
  #before = PADDING;

  /**
   * @param {HTMLTextAreaElement} field
   * @param {Link} link
   */
  constructor(field, link) {
    this.#field = field;
    this.#link = link;
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
    const before = [...this.#before];
    const after = [...this.#field.value];
    let same = 0;
    while (same < before.length && before[same] === after[same]) same += 1;
    for (let gone = before.length; gone > same; gone -= 1) this.#send(BACKSPACE, 'Backspace');
    for (const character of after.slice(same)) this.#send(keysym(character), '');
    this.#before = this.#field.value;
    if (after.length < PADDING.length / 2 || after.length > PADDING.length * 4) this.#clear();
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    const key = { Enter: RETURN, Tab: TAB }[event.key];
    if (key === undefined || event.isComposing) return;
    event.preventDefault();
    this.#send(key, event.key);
  }

  /**
   * @param {number} key
   * @param {string} code
   */
  #send(key, code) {
    this.#link.desktop?.sendKey(key, code);
  }
}

/**
 * The keysym of one character.
 *
 * @param {string} character
 */
function keysym(character) {
  const point = character.codePointAt(0) ?? 0;
  if (character === '\n') return RETURN;
  if (character === '\t') return TAB;
  const latin1 = (point >= 0x20 && point <= 0x7e) || (point >= 0xa0 && point <= 0xff);
  return latin1 ? point : UNICODE | point;
}

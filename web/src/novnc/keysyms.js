// @ts-check
// Which keysym (X11/keysymdef.h) a key or a character has: noVNC's tables, and those that the client sends itself.

import named from '../../node_modules/@novnc/novnc/core/input/domkeytable.js';
import characters from '../../node_modules/@novnc/novnc/core/input/keysymdef.js';

export const BACKSPACE = 0xff08;
export const TAB = 0xff09;
export const RETURN = 0xff0d;
export const CAPS_LOCK = 0xffe5;
export const SHIFT = { left: 0xffe1, right: 0xffe2 };
export const CONTROL = { left: 0xffe3, right: 0xffe4 };
export const ALT = { left: 0xffe9, right: 0xffea };
export const SUPER = { left: 0xffeb, right: 0xffec };
export const ISO_LEVEL3_SHIFT = 0xfe03;

/**
 * The keysym of one character.
 *
 * @param {string} character
 * @returns {number}
 */
export function keysymOf(character) {
  if (character === '\n') return RETURN;
  if (character === '\t') return TAB;
  return characters.lookup(character.codePointAt(0) ?? 0);
}

/** @type {Record<string, string>} names that iOS has for keys on its own */
const ALIASES = {
  UIKeyInputUpArrow: 'ArrowUp', UIKeyInputDownArrow: 'ArrowDown', UIKeyInputLeftArrow: 'ArrowLeft',
  UIKeyInputRightArrow: 'ArrowRight', UIKeyInputEscape: 'Escape',
};

/**
 * The keysym of a key that has a name; 0 where that is not known.
 *
 * @param {Pick<KeyboardEvent, 'key' | 'location'>} event
 * @returns {number}
 */
export function keysymOfKey({ key, location }) {
  return named[ALIASES[key] ?? key]?.[location] ?? 0;
}

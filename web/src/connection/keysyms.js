// @ts-check
// Keysyms that the client sends itself (X11/keysymdef.h); keys of the keyboard are noVNC's.

export const BACKSPACE = 0xff08;
export const TAB = 0xff09;
export const RETURN = 0xff0d;
export const CONTROL_L = 0xffe3;
export const ALT_L = 0xffe9;
export const LETTER_V = 0x76;

// Keysym of a character outside Latin-1: this bit and its code point.
const UNICODE = 0x0100_0000;

/**
 * The keysym of one character.
 *
 * @param {string} character
 */
export function keysymOf(character) {
  const point = character.codePointAt(0) ?? 0;
  if (character === '\n') return RETURN;
  if (character === '\t') return TAB;
  const latin1 = (point >= 0x20 && point <= 0x7e) || (point >= 0xa0 && point <= 0xff);
  return latin1 ? point : UNICODE | point;
}

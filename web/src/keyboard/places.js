// @ts-check
// What the places of a keyboard bear in the layout of the United States, after which shortcuts are named everywhere.

/** @type {Record<string, string>} plain and with Shift */
const SYMBOLS = {
  Minus: '-_', Equal: '=+', BracketLeft: '[{', BracketRight: ']}', Semicolon: ';:', Quote: '\'"',
  Backquote: '`~', Backslash: '\\|', Comma: ',<', Period: '.>', Slash: '/?',
};
const SHIFTED_DIGITS = ')!@#$%^&*(';

/**
 * The character at a place.
 *
 * @param {string} code - of KeyboardEvent
 * @param {boolean} shift
 * @returns {string | null} null for a place without one
 */
export function characterAt(code, shift) {
  const [, letter] = /^Key([A-Z])$/.exec(code) ?? [];
  if (letter) return shift ? letter : letter.toLowerCase();
  const [, digit] = /^Digit(\d)$/.exec(code) ?? [];
  if (digit) return shift ? (SHIFTED_DIGITS[Number(digit)] ?? null) : digit;
  return SYMBOLS[code]?.[shift ? 1 : 0] ?? null;
}

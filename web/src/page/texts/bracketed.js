// @ts-check
// A language for those who write the page: English in brackets, by `?lang=qps`. What has none on the page is not from the catalogue.

/** @import { Texts } from './english.js' */

import { english } from './english.js';

/** Not a reader's: it is found by its name alone, of the private range of ISO 639. */
export const bracketed = /** @type {Texts} */ ({ ...inBrackets(english), language: 'qps', languageName: 'Brackets' });

/**
 * @param {unknown} part - of a catalogue
 * @returns {any} the same, with each text in brackets
 */
function inBrackets(part) {
  if (typeof part === 'string') return `⟦${part}⟧`;
  if (typeof part === 'function') return (/** @type {unknown[]} */ ...values) => inBrackets(part(...values));
  return Object.fromEntries(Object.entries(Object(part)).map(([name, inner]) => [name, inBrackets(inner)]));
}

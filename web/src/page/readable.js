// @ts-check
// Names that others have given, of files, windows and layers, for a reader's eyes: what is not seen is seen, and what is read from
// the right changes nothing of the words around it.

// FSI and PDI (UAX 9), which `readable` itself puts around a name.
const [ISOLATE, END] = ['\u2068', '\u2069'];
const ISOLATES = /[\u2068\u2069]/g;
// Controls and formats, but for what joins letters and emoji, and for flags of countries' parts.
const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}]|(?!\u200c|\u200d|\u2068|\u2069|[\u{e0020}-\u{e007f}])\p{Cf}/gu;
const FROM_THE_RIGHT = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}]/u;

/**
 * A name, or a text with names in it, for a line of text. What has been made readable once stays as it is.
 *
 * @param {string} text
 */
export function readable(text) {
  const seen = (isBalanced(text) ? text : text.replace(ISOLATES, code)).replace(UNSEEN, code);
  if (!FROM_THE_RIGHT.test(seen.replace(/\u2068[^\u2068\u2069]*\u2069/g, ''))) return seen;
  return ISOLATE + seen + END;
}

/**
 * Whether each isolate that begins ends, and in this order.
 *
 * @param {string} text
 */
function isBalanced(text) {
  let open = 0;
  for (const [mark] of text.matchAll(ISOLATES)) {
    open += mark === ISOLATE ? 1 : -1;
    if (open < 0) return false;
  }
  return open === 0;
}

/** @param {string} character */
function code(character) {
  return `[U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`;
}

/**
 * A catalogue whose sentences make readable what is put into them.
 *
 * @template T
 * @param {T} part
 * @returns {T}
 */
export function withReadable(part) {
  if (typeof part === 'function') return /** @type {T} */ ((/** @type {unknown[]} */ ...values) => part(...values.map(given)));
  if (typeof part !== 'object' || part === null) return part;
  return /** @type {T} */ (Object.fromEntries(Object.entries(part).map(([name, inner]) => [name, withReadable(inner)])));
}

/**
 * @param {unknown} value
 * @returns {unknown}
 */
function given(value) {
  if (Array.isArray(value)) return value.map(given);
  return typeof value === 'string' ? readable(value) : value;
}

// @ts-check
// What the files panel says of files and folders, from what the server tells; files-panel.js draws it.

/** @import { FileEntry } from '../connection/server' */

import { locale } from './texts.js';

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'];

// To make one takes longer than all else of a row, and lists are long.
const timeFormat = remembered((language) => new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }));
const sizeFormat = remembered((language, unit) => {
  const unitDisplay = unit === 'byte' ? 'long' : 'short';
  return new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay, maximumSignificantDigits: 3 });
});

/**
 * A number of bytes in words, in the reader's own spelling.
 *
 * @param {number} bytes
 * @param {string} [language] - BCP 47, of the reader unless given
 */
export function sizeText(bytes, language = locale) {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return sizeFormat(language, UNITS[power] ?? 'byte').format(bytes / 1000 ** power);
}

/**
 * A time in words, in the reader's own spelling.
 *
 * @param {number} seconds - since 1970
 * @param {string} [language] - BCP 47, of the reader unless given
 */
export function timeText(seconds, language = locale) {
  return timeFormat(language).format(seconds * 1000);
}

/**
 * Folders before files, each in the server's order.
 *
 * @param {FileEntry[]} entries
 */
export function foldersFirst(entries) {
  return [...entries].sort((one, other) => Number(other.kind === 'folder') - Number(one.kind === 'folder'));
}

/**
 * The folders on the way to one, without the top folder.
 *
 * @param {string} href - as a listing tells it, `plates/raw%201/`
 * @returns {{name: string, href: string}[]}
 */
export function trail(href) {
  const parts = href.split('/').filter(Boolean);
  return parts.map((part, index) => ({ name: decoded(part), href: `${parts.slice(0, index + 1).join('/')}/` }));
}

/**
 * A function that makes each thing once.
 *
 * @template T
 * @param {(...words: string[]) => T} make
 * @returns {(...words: string[]) => T}
 */
function remembered(make) {
  /** @type {Map<string, T>} */
  const made = new Map();
  return (...words) => {
    const found = made.get(words.join(' ')) ?? make(...words);
    made.set(words.join(' '), found);
    return found;
  };
}

/** @param {string} part - of an address */
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    // A name on the disk may be no Unicode.
    return part;
  }
}

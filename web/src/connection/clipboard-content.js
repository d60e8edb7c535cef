// @ts-check
// What was copied, in all its forms, as a value: read from a paste, a drop or files, compared, cut to what the server takes.
// How the browser's clipboard is asked stands in browser-clipboard.js.

import { samePicture } from './same-picture.js';

const MEBIBYTE = 1024 * 1024;
const IMAGES = ['image/png', 'image/jpeg', 'image/webp', 'image/gif', 'image/tiff', 'image/bmp'];

/** Most bytes of each form that the server takes. */
export const LIMITS = Object.freeze({ text: MEBIBYTE, html: 32 * MEBIBYTE, image: 32 * MEBIBYTE });

/** Types of the images that the server takes, as the `accept` of an input. */
export const IMAGE_TYPES = IMAGES.join();

/**
 * One thing in the forms in which it can be pasted; text and HTML are empty where there is none.
 *
 * @typedef {object} Content
 * @property {string} text
 * @property {string} html
 * @property {Blob | null} image - of one of IMAGE_TYPES
 * @property {string} [other] - types and names of what is in none of these forms
 */

/** @typedef {{form: keyof typeof LIMITS, bytes: number, limit: number}} Excess a form that is too large */

/**
 * Why something was not sent: it is too large, the clipboard does not take such things, the browser has not given it, the server
 * did not take it, or nobody can tell whether it is the newer copy.
 *
 * @typedef {({reason: 'size'} & Excess) | {reason: 'kind'} | {reason: 'failed', error: unknown} | {reason: 'missing'} | {reason: 'uncertain'}} ClipboardRefusal
 */

/**
 * What a paste or a drop carries; it can be read only while its event is handled.
 *
 * @param {Pick<DataTransfer, 'getData' | 'files'>} data
 * @returns {Content}
 */
export function contentOf(data) {
  const content = { text: data.getData('text/plain'), html: data.getData('text/html'), image: imageAmong(data.files) };
  const other = [...data.files].map(({ type, name, size }) => [type, name, size]).join();
  return isEmpty(content) && other ? { ...content, other } : content;
}

/**
 * The first image that the server takes; null where there is none.
 *
 * @param {Iterable<Blob>} files
 */
export function imageAmong(files) {
  return [...files].find(({ type }) => IMAGES.includes(type)) ?? null;
}

/** @param {Content} content */
export function isEmpty({ text, html, image, other = '' }) {
  return text === '' && html === '' && image === null && other === '';
}

/**
 * Whether two contents are the same. Browsers clean HTML in one way of reading and not in another, so it counts only where
 * there is nothing else.
 *
 * @param {Content} one
 * @param {Content} other
 */
export async function same(one, other) {
  if (one.other !== other.other || !sameText(one.text, other.text) || (one.html === '') !== (other.html === '')) return false;
  if (one.text === '' && !one.image && one.html !== other.html) return false;
  if (one.image && other.image) return await samePicture(one.image, other.image);
  return one.image === other.image;
}

/**
 * What of a content the server takes, and what it does not.
 *
 * @param {Content} content
 * @returns {{fitting: Content, excess: Excess[]}}
 */
export function withinLimits({ text, html, image }) {
  const bytes = { text: bytesOf(text), html: bytesOf(html), image: image?.size ?? 0 };
  const forms = /** @type {const} */ (['text', 'html', 'image']);
  const excess = forms
    .filter((form) => bytes[form] > LIMITS[form])
    .map((form) => ({ form, bytes: bytes[form], limit: LIMITS[form] }));
  const fits = (/** @type {keyof typeof LIMITS} */ form) => bytes[form] <= LIMITS[form];
  return {
    fitting: { text: fits('text') ? text : '', html: fits('html') ? html : '', image: fits('image') ? image : null },
    excess,
  };
}

/**
 * Whether two texts differ by their line ends at most, which browsers change.
 *
 * @param {string} one
 * @param {string} other
 */
export function sameText(one, other) {
  return unixLines(one) === unixLines(other);
}

/**
 * 32 bits by which a content is known again, and from which nobody can tell it (FNV-1a).
 *
 * @param {Content} content
 */
export function markOf({ text, html, image, other }) {
  let mark = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(unixLines(text) || html || other || `${image?.size}`)) {
    mark = Math.imul(mark ^ byte, 0x01000193);
  }
  return (mark >>> 0).toString(16);
}

/** @param {string} text */
function unixLines(text) {
  return text.replace(/\r\n?/g, '\n');
}

/** @param {string} text */
function bytesOf(text) {
  return new TextEncoder().encode(text).length;
}

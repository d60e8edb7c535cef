// @ts-check
// The desktop's clipboard over HTTP, `api/clipboard`; that something was copied there comes in events-connection.js.

/** @import { Content } from './clipboard-content.js' */

import { SAME_ORIGIN, ask } from './request.js';

// How long (milliseconds) what was copied may be on its way; the server gives up then too.
const TIME = 120_000;

/**
 * Make a content the desktop's, in all its forms.
 *
 * @param {Content} content - not empty
 * @param {number} [known] - serial of the last change of the desktop's clipboard that is older; a later one is not replaced
 * @param {AbortSignal} [givenUp]
 * @returns {Promise<number>} the serial of this copy
 * @throws {HttpError} for an answer that is not a success; 409 when something newer is there
 * @throws {TypeError | DOMException} when the server does not answer
 */
export async function put({ text, html, image }, known, givenUp) {
  const form = new FormData();
  // As a file: line ends of a field would be changed (HTML, multipart/form-data encoding algorithm).
  if (text) form.append('text', new Blob([text], { type: 'text/plain' }));
  if (html) form.append('html', new Blob([html], { type: 'text/html' }));
  if (image) form.append('image', image);
  const query = known === undefined ? '' : `?known=${known}`;
  const late = AbortSignal.timeout(TIME);
  const signal = givenUp ? AbortSignal.any([late, givenUp]) : late;
  const answer = await ask(`api/clipboard${query}`, { method: 'PUT', body: form, headers: SAME_ORIGIN, signal });
  return serialOf(answer);
}

/**
 * One form of what is on the desktop's clipboard.
 *
 * @param {'text/html' | 'image/png'} type
 * @param {number} serial
 * @returns {Promise<Blob>}
 * @throws {RangeError} when something else has been copied in the meantime
 * @throws {HttpError} for an answer that is not a success
 * @throws {TypeError | DOMException} when the server does not answer
 */
export async function get(type, serial) {
  const signal = AbortSignal.timeout(TIME);
  const answer = await ask('api/clipboard', { headers: { Accept: type }, cache: 'no-store', signal });
  if (serialOf(answer) !== serial) throw new RangeError('Something else has been copied in the meantime.');
  return await answer.blob();
}

/**
 * The serial in an ETag, which a proxy may have made a weak one.
 *
 * @param {Response} answer
 */
function serialOf(answer) {
  return Number(answer.headers.get('ETag')?.match(/\d+/)?.[0]);
}

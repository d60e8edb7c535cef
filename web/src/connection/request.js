// @ts-check
// How the page asks the server over HTTP; what it asks stands in session.js, files.js and drop.js.

import { HttpError } from './http-error.js';
import { authorization } from './page-key.js';

/** What the server wants of a page with every request that changes something. */
export const SAME_ORIGIN = { 'X-Desktopd': '1' };

/**
 * Send a request of this page.
 *
 * @param {string} path - below the page's own address, such as `api/session`
 * @param {RequestInit} [request]
 * @returns {Promise<Response>}
 * @throws {HttpError} for an answer that is not a success
 * @throws {TypeError} when the server does not answer
 */
export async function ask(path, request) {
  const headers = { ...authorization(), ...request?.headers };
  const answer = await fetch(path, { ...request, headers, credentials: 'same-origin' });
  if (!answer.ok) throw await HttpError.read(answer);
  return answer;
}

/**
 * A request that brings JSON.
 *
 * @param {string} method
 * @param {unknown} body
 * @returns {RequestInit}
 */
export function json(method, body) {
  return { method, body: JSON.stringify(body), headers: { ...SAME_ORIGIN, 'Content-Type': 'application/json' } };
}

// @ts-check
// Drops over HTTP, `api/drop`: on whatever is at a pixel of the desktop.

/** @import { Point } from '../geometry.js' */
/** @import { DropResult } from './server' */

import { ask, json } from './request.js';

/**
 * Drop files of the server, a text or links on a program.
 *
 * @param {Point} at - pixel of the framebuffer
 * @param {{paths: string[]} | {text: string} | {urls: string[]}} what
 * @returns {Promise<DropResult>}
 * @throws {HttpError} for an answer that is not a success
 * @throws {TypeError} when the server does not answer
 */
export async function drop({ x, y }, what) {
  const answer = await ask('api/drop', json('POST', { x, y, ...what }));
  const { result } = await answer.json();
  return result;
}

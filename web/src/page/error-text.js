// @ts-check
// The errors of requests and of files, in words.

import { HttpError } from '../connection/http-error.js';
import { texts } from './texts.js';

/**
 * What went wrong: in the server's words where it answered.
 *
 * @param {unknown} error
 */
export function errorText(error) {
  if (error instanceof HttpError) return error.explanation || texts.trouble.answered(error.status, error.reason);
  if (error instanceof DOMException) return texts.files.unreadable;
  return texts.notice.silent;
}

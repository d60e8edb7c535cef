// @ts-check
// The errors of requests and of files, in words.

/** @import { Fault } from '../connection/diagnosis.js' */

import { HttpError, isTooLargeForProxy } from '../connection/http-error.js';
import { readable } from './readable.js';
import { texts } from './texts.js';

/**
 * What went wrong: in the server's words where it answered.
 *
 * @param {unknown} error
 */
export function errorText(error) {
  if (isTooLargeForProxy(error)) return texts.trouble.tooLargeForProxy;
  if (error instanceof HttpError) return readable(error.explanation) || texts.trouble.answered(error.status, error.reason);
  if (error instanceof DOMException) return texts.files.unreadable;
  return texts.notice.silent;
}

/**
 * Why the desktop cannot be reached, and what to do about it.
 *
 * @param {Fault} fault
 */
export function faultText({ part, error }) {
  const status = error instanceof HttpError && !error.explanation ? error.status : 0;
  const gateway = status >= 502 && status <= 504;
  if (part === 'server') return gateway ? texts.trouble.gateway(status) : errorText(error);
  if (gateway) return texts.trouble.gatewayOfSockets(status);
  const refused = error instanceof HttpError && error.status !== 404 && readable(error.explanation);
  return refused || texts.trouble.socketsBlocked;
}

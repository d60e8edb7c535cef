// @ts-check
// What an HTTP request to the server can end in besides success and silence.

import { readerLanguage } from './reader-language.js';

/** An answer of the server that is not a success. */
export class HttpError extends Error {
  /**
   * @param {number} status - HTTP status
   * @param {string} reason - the status in words, empty where the protocol has none
   * @param {string} explanation - error and remedy in the server's own words, empty where it gave none
   */
  constructor(status, reason, explanation) {
    super(explanation || `${status} ${reason}`.trim());
    this.name = 'HttpError';
    this.status = status;
    this.reason = reason;
    this.explanation = explanation;
  }

  /**
   * Take error and remedy from the server's JSON.
   *
   * @param {Response} answer
   */
  static async read(answer) {
    let explanation = '';
    try {
      explanation = sentences(await answer.json());
    } catch {
      // A proxy's error page is no JSON; the status says enough.
    }
    return new HttpError(answer.status, answer.statusText, explanation);
  }
}

/**
 * Whether something on the way, and not the server, took no request of this size.
 *
 * @param {unknown} error
 */
export function isTooLargeForProxy(error) {
  return error instanceof HttpError && error.status === 413 && !error.explanation;
}

/**
 * The server's two sentences on an error as one text: with the mark, and the capital, that the reader's language has between them.
 *
 * @param {{error?: string, remedy?: string}} said
 * @param {string} [language] - BCP 47
 */
export function sentences({ error = '', remedy = '' }, language = readerLanguage()) {
  if (!error || !remedy) return error || remedy;
  const mark = language.startsWith('zh') ? '。' : '. ';
  return error + mark + remedy.charAt(0).toUpperCase() + remedy.slice(1);
}

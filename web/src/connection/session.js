// @ts-check
// The requests of HTTP that the page sends; what comes by itself stands in events-connection.js.

/** @import { SessionFacts } from './server' */

import { HttpError } from './http-error.js';

/** The server's HTTP interface to the session. */
export class Session {
  /**
   * The session as it is now.
   *
   * @returns {Promise<SessionFacts>}
   * @throws {HttpError} for an answer that is not a success
   * @throws {TypeError} when the server does not answer
   */
  async read() {
    const answer = await this.#ask('api/session', { cache: 'no-store' });
    return answer.json();
  }

  /**
   * Restart the application.
   *
   * @throws {HttpError} for an answer that is not a success
   * @throws {TypeError} when the server does not answer
   */
  async restartApplication() {
    await this.#ask('api/app/restart', { method: 'POST', headers: { 'X-Desktopd': '1' } });
  }

  /**
   * @param {string} path
   * @param {RequestInit} request
   */
  async #ask(path, request) {
    const answer = await fetch(path, { ...request, credentials: 'same-origin' });
    if (!answer.ok) throw await HttpError.read(answer);
    return answer;
  }
}

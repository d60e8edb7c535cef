// @ts-check

/** @import { SessionFacts } from '../types' */

import { Refusal } from './http-error.js';

/** The server's HTTP interface to the session. */
export class Session {
  /**
   * The session as it is now.
   *
   * @returns {Promise<SessionFacts>}
   * @throws {Refusal} with the status of the answer
   * @throws {TypeError} when the server does not answer
   */
  async read() {
    const answer = await this.#ask('api/session', { cache: 'no-store' });
    return answer.json();
  }

  /**
   * Restart the application.
   *
   * @throws {Refusal} with the status of the answer
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
    if (!answer.ok) throw await Refusal.read(answer);
    return answer;
  }
}

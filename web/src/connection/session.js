// @ts-check
// The session over HTTP; what comes by itself stands in events-connection.js.

/** @import { ApplicationEnd, LastWords, SessionFacts } from './server' */

import { SAME_ORIGIN, ask } from './request.js';

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
    const answer = await ask('api/session', { cache: 'no-store' });
    return answer.json();
  }

  /**
   * How the application has ended last, with what it has left to be read.
   *
   * @returns {Promise<(ApplicationEnd & LastWords) | null>} null where it never has
   * @throws {HttpError} for an answer that is not a success
   * @throws {TypeError} when the server does not answer
   */
  async readEnd() {
    const answer = await ask('api/app', { cache: 'no-store' });
    return (await answer.json()).exit;
  }

  /**
   * Restart the application.
   *
   * @throws {HttpError} for an answer that is not a success
   * @throws {TypeError} when the server does not answer
   */
  async restartApplication() {
    await ask('api/app/restart', { method: 'POST', headers: SAME_ORIGIN });
  }
}

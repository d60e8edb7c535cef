// @ts-check
// The session over HTTP; what comes by itself stands in events-connection.js.

/** @import { Size } from '../geometry.js' */
/** @import { ApplicationEnd, LastWords, SessionFacts } from './server' */

import { SAME_ORIGIN, ask, json } from './request.js';

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
   * @param {{lose?: boolean}} [options] - lose: also what is not saved
   * @throws {HttpError} for an answer that is not a success: 409 where not all is saved
   * @throws {TypeError} when the server does not answer
   */
  async restartApplication({ lose = false } = {}) {
    await ask(`api/app/restart${lose ? '?unsaved=lose' : ''}`, { method: 'POST', headers: SAME_ORIGIN });
  }

  /**
   * The screen as PNG.
   *
   * @returns {Promise<Blob>}
   * @throws {HttpError} for an answer that is not a success
   * @throws {TypeError} when the server does not answer
   */
  async screenshot() {
    return (await ask('api/screenshot', { cache: 'no-store' })).blob();
  }

  /**
   * Resize the screen.
   *
   * @param {Size} size
   * @returns {Promise<Size>} the size that it has then
   * @throws {HttpError} for an answer that is not a success
   * @throws {TypeError} when the server does not answer
   */
  async resize({ width, height }) {
    return (await ask('api/display', json('PUT', { width, height }))).json();
  }

  /**
   * The text on the clipboard, empty where there is none.
   *
   * @returns {Promise<string>}
   * @throws {HttpError} for an answer that is not a success
   * @throws {TypeError} when the server does not answer
   */
  async clipboard() {
    return (await ask('api/clipboard', { headers: { Accept: 'text/plain' }, cache: 'no-store' })).text();
  }

  /**
   * Put a text on the clipboard.
   *
   * @param {string} text
   * @throws {HttpError} for an answer that is not a success
   * @throws {TypeError} when the server does not answer
   */
  async putClipboard(text) {
    await ask('api/clipboard', { method: 'PUT', body: text, headers: { ...SAME_ORIGIN, 'Content-Type': 'text/plain' } });
  }

  /**
   * Whether a page of an origin may speak to this one, in whose frame it is.
   *
   * @param {string} origin
   * @returns {Promise<boolean>}
   * @throws {HttpError} for an answer that is not a success
   * @throws {TypeError} when the server does not answer
   */
  async mayEmbed(origin) {
    const answer = await ask(`api/embedding?origin=${encodeURIComponent(origin)}`, { cache: 'no-store' });
    return (await answer.json()).allowed === true;
  }

  /**
   * A ticket with which one GET is let in.
   *
   * @returns {Promise<string>}
   * @throws {HttpError} for an answer that is not a success
   * @throws {TypeError} when the server does not answer
   */
  async ticket() {
    return (await (await ask('api/tickets', { method: 'POST' })).json()).ticket;
  }
}

// @ts-check
// The way of what is copied to the desktop, one at a time: that it takes long, fails or is given up. What goes, clipboard.js decides.

/** @import { ClipboardRefusal, Content } from './clipboard-content.js' */
/** @import { EventsConnection } from './events-connection.js' */

import { Emitter } from '../emitter.js';
import { Timer } from '../timer.js';
import { HttpError } from './http-error.js';
import { put } from './server-clipboard.js';

// How long (milliseconds) something may be on its way before the user is told.
const SLOW = 1000;

/**
 * How a way to the desktop has ended: it is there, something newer is, it was not taken, or the user has given up.
 *
 * @typedef {'sent' | 'older' | 'refused' | 'given up'} End
 */

/**
 * Sends what is copied to the desktop.
 *
 * Events: `sent` (with the serial that the server gave it), `slow` (what is on its way takes long), `refused`.
 *
 * @extends {Emitter<{sent: {content: Content, serial: number}, slow: void, refused: ClipboardRefusal}>}
 */
export class ClipboardSender extends Emitter {
  #events;
  /** @type {Promise<End> | null} */
  #passing = null;
  #stop = new AbortController();

  /** @param {EventsConnection} events */
  constructor(events) {
    super();
    this.#events = events;
  }

  /** How what is on its way ends; null when nothing is. */
  get passing() {
    return this.#passing;
  }

  /** Leave what is on its way. */
  giveUp() {
    this.#stop.abort();
  }

  /**
   * @param {Content} content
   * @param {number} [known] - serial of the last change of the desktop's clipboard that is older
   * @returns {Promise<End>}
   */
  async send(content, known) {
    this.#stop = new AbortController();
    this.#passing = this.#carry(content, known, this.#stop.signal).finally(() => (this.#passing = null));
    return await this.#passing;
  }

  /**
   * @param {Content} content
   * @param {number | undefined} known
   * @param {AbortSignal} givenUp
   * @returns {Promise<End>}
   */
  async #carry(content, known, givenUp) {
    const slow = new Timer(() => this.emit('slow'));
    slow.start(SLOW);
    try {
      this.emit('sent', { content, serial: await put(content, known, givenUp) });
      return 'sent';
    } catch (error) {
      if (givenUp.aborted) return 'given up';
      if (known !== undefined && error instanceof HttpError && error.status === 409) return this.#isOlder();
      this.emit('refused', { reason: 'failed', error });
      return 'refused';
    } finally {
      slow.stop();
    }
  }

  /**
   * The server has a copy that the page was not told of yet: it is newer, unless the news may have been long on their way.
   *
   * @returns {End}
   */
  #isOlder() {
    if (this.#events.open) return 'older';
    this.emit('refused', { reason: 'uncertain' });
    return 'refused';
  }
}

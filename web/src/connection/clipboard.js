// @ts-check
// Text between two clipboards: which text goes where, and when. How the browser gives and takes text stands in
// browser-clipboard.js, the paste key in paste-key.js.

/** @import { EventsConnection } from './events-connection.js' */

import { Emitter } from '../emitter.js';
import { copy, mayRead, read } from './browser-clipboard.js';

// Longest text that the server takes, in bytes of UTF-8.
const LIMIT = 1_048_576;
// How long (milliseconds) the server may take for its echo of a text.
const ECHO_TIME = 250;

/** @typedef {{reason: 'size', bytes: number, limit: number} | {reason: 'connection'}} ClipboardRefusal why a text was not sent */

/**
 * Text between this computer's clipboard and the desktop's.
 *
 * To the desktop: when a paste key is pressed, and, where the browser allows it, when the window gets the focus. From the
 * desktop: as soon as there is new text, where the browser allows it.
 *
 * Events: `text` (the desktop has new text), `kept` (the browser did not take it), `refused`.
 *
 * @extends {Emitter<{text: void, kept: void, refused: ClipboardRefusal}>}
 */
export class Clipboard extends Emitter {
  #events;
  #text = '';
  #enabled = false;
  /** @type {string | null} text of the desktop that waits for the user's next key or click */
  #waiting = null;

  /** @param {EventsConnection} events */
  constructor(events) {
    super();
    this.#events = events;
    events.on('clipboard', (text) => this.#take(text));
    // What happened to the desktop's clipboard without a connection is not known.
    events.on('opened', () => (this.#text = ''));
    window.addEventListener('focus', () => this.#readUnasked());
    // Later the text might take the place of something copied elsewhere.
    window.addEventListener('blur', () => (this.#waiting = null));
    for (const gesture of ['pointerup', 'keydown']) {
      window.addEventListener(gesture, () => this.#offerWaiting(), { capture: true });
    }
  }

  /** The desktop's text, as far as this page knows. */
  get text() {
    return this.#text;
  }

  /** Whether this viewer may change the desktop's clipboard. */
  get enabled() {
    return this.#enabled;
  }

  set enabled(enabled) {
    if (enabled === this.#enabled) return;
    this.#enabled = enabled;
    if (enabled) this.#readUnasked();
  }

  /** Take this computer's text; the browser may ask the user. */
  async read() {
    try {
      await this.send(await read());
    } catch (error) {
      console.info('The browser keeps its clipboard:', error);
    }
  }

  /**
   * Make text the desktop's.
   *
   * @param {string} text
   * @returns {Promise<void>} when the server has it, or has had time for it
   */
  async send(text) {
    if (!this.#enabled || text === '' || text === this.#text) return;
    const bytes = new TextEncoder().encode(text).length;
    if (bytes > LIMIT) {
      this.emit('refused', { reason: 'size', bytes, limit: LIMIT });
      return;
    }
    if (!this.#events.sendClipboard(text)) {
      this.emit('refused', { reason: 'connection' });
      return;
    }
    this.#text = text;
    await this.#echo(text);
  }

  /**
   * Give the desktop's text to this computer. Call it from a click where the browser needs one.
   *
   * @returns {Promise<boolean>} whether the browser took it
   */
  copy() {
    return copy(this.#text);
  }

  /** Take this computer's text, where the browser allows it without asking. */
  async #readUnasked() {
    if (this.#enabled && document.hasFocus() && (await mayRead('granted'))) await this.read();
  }

  /** @param {string} text */
  async #take(text) {
    if (text === this.#text) return;
    this.#text = text;
    this.emit('text');
    if (text === '' || !document.hasFocus() || (await this.copy())) return;
    this.#waiting = text;
    this.emit('kept');
  }

  async #offerWaiting() {
    const waiting = this.#waiting;
    this.#waiting = null;
    if (waiting !== null && waiting === this.#text) await this.copy();
  }

  /**
   * Wait for the server's echo of a text, but not for long.
   *
   * @param {string} text
   * @returns {Promise<void>}
   */
  #echo(text) {
    return new Promise((resolve) => {
      const finish = () => {
        clearTimeout(timeout);
        stop();
        resolve();
      };
      const timeout = setTimeout(finish, ECHO_TIME);
      const stop = this.#events.on('clipboard', (echo) => {
        if (echo === text) finish();
      });
    });
  }
}

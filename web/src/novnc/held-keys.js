// @ts-check
// The order of keys and of what must come before them, such as a pasted text.

import { Emitter } from '../emitter.js';

/**
 * @typedef {object} Key
 * @property {number} keysym
 * @property {string} code - of KeyboardEvent, empty where there is none
 * @property {boolean} [down] - a press and a release where it is not said
 */

/**
 * Keys that wait, in their order, for something that must come first.
 *
 * Event: `key` (send this key).
 *
 * @extends {Emitter<{key: Key}>}
 */
export class HeldKeys extends Emitter {
  #holds = 0;
  /** @type {Key[]} */
  #keys = [];

  /**
   * Send a key, now or when it is no longer held back.
   *
   * @param {Key} key
   */
  press(key) {
    if (this.#holds > 0) this.#keys.push(key);
    else this.emit('key', key);
  }

  /**
   * Hold keys back until the returned function is called.
   *
   * @returns {() => void}
   */
  hold() {
    this.#holds += 1;
    return () => {
      this.#holds -= 1;
      if (this.#holds === 0) for (const key of this.#keys.splice(0)) this.emit('key', key);
    };
  }
}

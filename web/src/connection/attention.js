// @ts-check
// Whether somebody looks at the page.

import { Emitter } from '../emitter.js';
import { Timer } from '../timer.js';

// A glance at another tab; milliseconds.
const GLANCE = 1_000;

/**
 * Knows whether the page is seen, or was a moment ago.
 *
 * Event: `changed` (whether it is).
 *
 * @extends {Emitter<{changed: boolean}>}
 */
export class Attention extends Emitter {
  #given = !document.hidden;
  #glance = new Timer(() => this.#set(false));

  constructor() {
    super();
    document.addEventListener('visibilitychange', () => this.#look());
  }

  get given() {
    return this.#given;
  }

  #look() {
    if (document.hidden) {
      this.#glance.start(GLANCE);
    } else {
      this.#glance.stop();
      this.#set(true);
    }
  }

  /** @param {boolean} given */
  #set(given) {
    if (given === this.#given) return;
    this.#given = given;
    this.emit('changed', given);
  }
}

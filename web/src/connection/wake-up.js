// @ts-check
// When it is worth a look whether a connection still lives.

import { Emitter } from '../emitter.js';

// Milliseconds.
const TICK = 2_000;
// A gap this long between two ticks means that the machine has slept.
const SLEPT = 6_000;

/**
 * Tells when network, page or machine have come back.
 *
 * Event: `wake`.
 *
 * @extends {Emitter<{wake: void}>}
 */
export class WakeUp extends Emitter {
  #last = Date.now();

  constructor() {
    super();
    const wake = () => this.emit('wake');
    window.addEventListener('online', wake);
    window.addEventListener('pageshow', wake);
    document.addEventListener('visibilitychange', wake);
    setInterval(() => this.#tick(), TICK);
  }

  #tick() {
    const gap = Date.now() - this.#last;
    this.#last += gap;
    if (gap > SLEPT) this.emit('wake');
  }
}

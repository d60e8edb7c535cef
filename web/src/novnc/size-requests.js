// @ts-check
// When a size is asked for. How it is asked for stands in resizing-rfb.js, which size fills a window in picture/placement.js.

/** @import { ScaledSize, Size } from '../geometry.js' */

import { Emitter } from '../emitter.js';
import { sameSize } from '../geometry.js';
import { Timer } from '../timer.js';

// A server that has not answered by then (milliseconds) may be asked again.
const ANSWER_TIME = 1500;
// After a request the picture waits this long (milliseconds) for its new size before it is made to fit.
const SETTLING_TIME = 1000;
// Shortest time between two requests in milliseconds.
const REQUEST_GAP = 100;

/**
 * Asks for the window's size, one request at a time, and always for the last one in the end: each answer, a refusal too,
 * and each lack of one is followed by a look at the window. What another viewer has asked for since is left as it is.
 *
 * Events: `request` (ask for this size), `settled` (there has been time enough for the new size).
 *
 * @extends {Emitter<{request: ScaledSize, settled: void}>}
 */
export class SizeRequests extends Emitter {
  #wanted;
  #current;
  /** @type {ScaledSize | null} */
  #asked = null;
  /** @type {Size[]} what the desktop has become since: larger than asked while its windows need that */
  #granted = [];
  #askedAt = -Infinity;
  #awaiting = false;
  #next = new Timer(() => this.look());
  #settledAt = performance.now() + SETTLING_TIME;
  #settle = new Timer(() => this.emit('settled'));

  /**
   * @param {object} sizes
   * @param {() => ScaledSize | null} sizes.wanted - the size to have, null while none may be asked for
   * @param {() => Size} sizes.current - of the framebuffer
   */
  constructor({ wanted, current }) {
    super();
    this.#wanted = wanted;
    this.#current = current;
  }

  /** Whether a new size may be on its way. */
  get settling() {
    return performance.now() < this.#settledAt;
  }

  /** A new size may come from now on. */
  settle() {
    this.#settledAt = performance.now() + SETTLING_TIME;
    this.#settle.start(SETTLING_TIME + 1);
  }

  /** Ask for the window's size at the next look, also when another viewer has chosen a different one. */
  insist() {
    this.#asked = null;
  }

  /** The server has answered the last request. */
  answered() {
    this.#awaiting = false;
    this.look();
  }

  /** The desktop has the size that the server gives for the last request, whether that is the one asked for or not. */
  grant() {
    if (this.#asked === null) return;
    this.#granted.push(this.#current());
    if (this.#awaiting || sameSize(this.#current(), this.#asked)) return;
    this.#settledAt = performance.now();
    this.emit('settled');
  }

  /** Whether the desktop has the size that the server gives for the window's. */
  get granted() {
    const wanted = this.#wanted();
    return wanted !== null && sameSize(wanted, this.#asked) && this.#granted.some((one) => sameSize(one, this.#current()));
  }

  /**
   * Ask for the window's size if it has changed since the last request. The first time the server hears of it in any case:
   * that is the size that the desktop goes back to when another viewer has left.
   */
  look() {
    const wanted = this.#wanted();
    if (!wanted || (sameSize(wanted, this.#asked) && wanted.scale === this.#asked?.scale)) return;
    const wait = this.#askedAt + (this.#awaiting ? ANSWER_TIME : REQUEST_GAP) - performance.now();
    if (wait > 0) this.#next.start(wait);
    else this.#ask(wanted);
  }

  /** The connection has ended. */
  stop() {
    this.#next.stop();
    this.#settle.stop();
  }

  /** @param {ScaledSize} size */
  #ask(size) {
    this.#asked = size;
    this.#granted = [];
    this.#askedAt = performance.now();
    this.#awaiting = true;
    this.settle();
    this.emit('request', size);
  }
}

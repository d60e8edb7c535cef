// @ts-check

/** @import { Size } from '../types' */

// A server that has not answered by then (milliseconds) may be asked again.
const ANSWER_TIME = 1500;
// After a request the picture waits this long (milliseconds) for its new size before it is made to fit.
const SETTLING_TIME = 1000;
// Shortest time between two requests in milliseconds.
const REQUEST_GAP = 100;

/**
 * What sizing needs of its connection.
 *
 * @typedef {object} Server
 * @property {() => Size | null} wanted - the size to have, null while none may be asked for
 * @property {() => Size} size - of the framebuffer
 * @property {(size: Size) => void} request - ask for a size
 * @property {() => void} settled - there has been time enough for the new size
 */

/**
 * Asks for the window's size, one request at a time, and always for the last one in the end: each answer, a refusal too,
 * and each lack of one is followed by a look at the window. What another viewer has asked for since is left as it is.
 */
export class Sizing {
  #server;
  /** @type {Size | null} */
  #asked = null;
  #askedAt = -Infinity;
  #awaiting = false;
  #timer = 0;
  #settledAt = performance.now() + SETTLING_TIME;
  #settleTimer = 0;

  /** @param {Server} server */
  constructor(server) {
    this.#server = server;
  }

  /** Whether a new size may be on its way. */
  get settling() {
    return performance.now() < this.#settledAt;
  }

  /** A new size may come from now on. */
  settle() {
    this.#settledAt = performance.now() + SETTLING_TIME;
    clearTimeout(this.#settleTimer);
    this.#settleTimer = window.setTimeout(() => this.#server.settled(), SETTLING_TIME + 1);
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

  /** Ask for the window's size if it has changed since the last request. */
  look() {
    const wanted = this.#server.wanted();
    if (!wanted || same(wanted, this.#asked)) return;
    if (this.#asked === null && same(wanted, this.#server.size())) {
      this.#asked = wanted;
      return;
    }
    const wait = this.#askedAt + (this.#awaiting ? ANSWER_TIME : REQUEST_GAP) - performance.now();
    clearTimeout(this.#timer);
    if (wait > 0) this.#timer = window.setTimeout(() => this.look(), wait);
    else this.#ask(wanted);
  }

  /** The connection has ended. */
  stop() {
    clearTimeout(this.#timer);
    clearTimeout(this.#settleTimer);
  }

  /** @param {Size} size */
  #ask(size) {
    this.#asked = size;
    this.#askedAt = performance.now();
    this.#awaiting = true;
    this.settle();
    this.#server.request(size);
  }
}

/**
 * @param {Size} one
 * @param {Size | null} other
 */
export function same(one, other) {
  return other !== null && one.width === other.width && one.height === other.height;
}

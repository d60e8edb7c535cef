// @ts-check
// How long to wait before the next try.

const GROWTH = 1.5;
const LONGEST = 30_000;

/** Waits between tries in milliseconds: growing up to 30 s, each cut at random by up to half. */
export class Backoff {
  #first;
  #wait;

  /** @param {number} [first] - the first wait in milliseconds, before the cut */
  constructor(first = 1000) {
    this.#first = first;
    this.#wait = first;
  }

  /** The next wait in milliseconds. */
  next() {
    const wait = this.#wait;
    this.#wait = Math.max(this.#first, Math.min(LONGEST, wait * GROWTH));
    return wait * (0.5 + Math.random() / 2);
  }

  /** Start again with the first wait. */
  reset() {
    this.#wait = this.#first;
  }
}

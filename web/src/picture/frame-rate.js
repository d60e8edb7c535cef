// @ts-check

const SECOND = 1000;

/** Counts events by the second. */
export class Rate {
  #start = 0;
  #count = 0;
  #last = 0;

  /** Events in the last whole second. */
  get perSecond() {
    this.#turn();
    return this.#last;
  }

  /** An event has happened. */
  count() {
    this.#turn();
    this.#count += 1;
  }

  #turn() {
    const past = performance.now() - this.#start;
    if (past < SECOND) return;
    this.#last = past < 2 * SECOND ? this.#count : 0;
    this.#count = 0;
    this.#start += past - (past % SECOND);
  }
}

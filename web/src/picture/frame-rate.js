// @ts-check
// How often the picture changes.

const SECOND = 1000;

/** Counts drawn updates by the second. */
export class FrameRate {
  #start = 0;
  #count = 0;
  #last = 0;

  /** Updates in the last whole second. */
  get perSecond() {
    this.#turn();
    return this.#last;
  }

  /** An update has been drawn. */
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

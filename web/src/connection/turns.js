// @ts-check
// One thing after the other, where each takes its time.

/** Steps that do not overlap: what began first has its effect first. */
export class Turns {
  /** @type {Promise<unknown> | null} */
  #passing = null;

  /** Ends with the last step, whatever comes of it; null when there is none. */
  get passing() {
    return this.#passing;
  }

  /**
   * Take a step when all before it have ended.
   *
   * @template T
   * @param {() => Promise<T>} step
   * @returns {Promise<T>} what comes of it
   */
  take(step) {
    const result = (this.#passing ?? Promise.resolve()).then(step);
    /** @type {Promise<void>} */
    const passing = result.then(
      () => this.#end(passing),
      () => this.#end(passing),
    );
    this.#passing = passing;
    return result;
  }

  /** @param {Promise<unknown>} passing */
  #end(passing) {
    if (this.#passing === passing) this.#passing = null;
  }
}

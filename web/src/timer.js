// @ts-check
// The page's timeouts.

/** One timeout, which can be started again and stopped. */
export class Timer {
  #callback;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timeout;

  /** @param {() => void} callback - called when the time is over */
  constructor(callback) {
    this.#callback = callback;
  }

  /** Whether its time runs. */
  get running() {
    return this.#timeout !== undefined;
  }

  /**
   * Start it, anew if it runs.
   *
   * @param {number} time - milliseconds
   */
  start(time) {
    this.stop();
    this.#timeout = setTimeout(() => {
      this.#timeout = undefined;
      this.#callback();
    }, time);
  }

  /** Stop it, if it runs. */
  stop() {
    clearTimeout(this.#timeout);
    this.#timeout = undefined;
  }
}

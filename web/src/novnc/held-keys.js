// @ts-check

/** @typedef {[keysym: number, code: string, down: boolean | undefined]} Key */

/** Keys that wait, in their order, for something that must come first. */
export class HeldKeys {
  #send;
  #holds = 0;
  /** @type {Key[]} */
  #keys = [];

  /** @param {(...key: Key) => void} send */
  constructor(send) {
    this.#send = send;
  }

  /**
   * Send a key, now or when it is no longer held back.
   *
   * @param {Key} key
   */
  press(...key) {
    if (this.#holds > 0) this.#keys.push(key);
    else this.#send(...key);
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
      if (this.#holds === 0) for (const key of this.#keys.splice(0)) this.#send(...key);
    };
  }
}

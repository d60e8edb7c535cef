// @ts-check
// Says when what is done in the application would no longer outlive it, as on a full disk.

/** @import { CompanionFacts } from '../connection/server' */

import { texts } from './texts.js';

/** Tells it once, and again when it had been kept in the meantime. */
export class SavingNotice {
  #tell;
  #told = false;

  /** @param {(text: string) => void} tell */
  constructor(tell) {
    this.#tell = tell;
  }

  /** @param {CompanionFacts | null} companion */
  set companion(companion) {
    // Between two processes nobody knows.
    if (!companion?.saved) return;
    const { error } = companion.saved;
    if (error !== null && !this.#told) this.#tell(texts.restart.notKept(error));
    this.#told = error !== null;
  }
}

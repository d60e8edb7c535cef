// @ts-check
// Which results this browser has not been shown yet. results-list.js draws them.

/** @import { FileEntry } from '../connection/server' */
/** @import { BrowserMemory } from './browser-memory.js' */

/**
 * Keeps apart what is new from what was there when this browser first came, or was shown since. A file that was written again
 * is another one.
 */
export class NewResults {
  #memory;
  /** @type {FileEntry[]} */
  #all = [];
  /** @type {Set<string> | null} null before this browser has heard of any */
  #known;

  /** @param {Pick<BrowserMemory, 'value'>} memory */
  constructor(memory) {
    this.#memory = memory;
    const kept = memory.value;
    this.#known = Array.isArray(kept) ? new Set(kept.map(String)) : null;
  }

  /** Those that are new, in the server's order. */
  get files() {
    return this.#all.filter((file) => !this.#known?.has(keyOf(file)));
  }

  /** @param {FileEntry[]} files - all that the server offers now */
  learn(files) {
    this.#all = files;
    if (!this.#known) this.markSeen();
  }

  /** Remember that all have been shown. */
  markSeen() {
    this.#known = new Set(this.#all.map(keyOf));
    this.#memory.value = [...this.#known];
  }
}

/** @param {FileEntry} file */
function keyOf({ href, modified, size }) {
  return `${href} ${modified} ${size}`;
}

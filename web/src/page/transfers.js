// @ts-check
// The uploads that are on their way, at the lower edge of the page.

/** @import { UploadBatch } from '../connection/upload-batch.js' */

import { Emitter } from '../emitter.js';
import { element } from './element.js';
import { TransferRow } from './transfer-row.js';

/**
 * A list of uploads. Each stays until it has arrived or was cancelled.
 *
 * Event: `left` (one is no longer there; the focus may go back to the desktop).
 *
 * @extends {Emitter<{left: void}>}
 */
export class Transfers extends Emitter {
  #list = element('transfers', HTMLUListElement);
  /** @type {Set<UploadBatch>} */
  #batches = new Set();

  constructor() {
    super();
    window.addEventListener('beforeunload', (event) => {
      if ([...this.#batches].some(({ state }) => state === 'sending')) event.preventDefault();
    });
  }

  /**
   * Show an upload, and begin it.
   *
   * @param {UploadBatch} batch
   */
  add(batch) {
    const row = new TransferRow(batch);
    this.#batches.add(batch);
    this.#list.append(row.element);
    this.#list.hidden = false;
    batch.on('changed', () => {
      if (!['done', 'cancelled'].includes(batch.state)) return;
      this.#batches.delete(batch);
      row.element.remove();
      this.#list.hidden = this.#batches.size === 0;
      this.emit('left');
    });
    batch.start();
  }

  /** The server answers again: go on with what has failed because it did not. */
  reconnected() {
    for (const batch of this.#batches) {
      if (batch.state === 'failed' && batch.error instanceof TypeError) batch.start();
    }
  }
}

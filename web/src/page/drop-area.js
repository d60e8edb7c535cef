// @ts-check
// The whole page as a place to drop things on: the browser never leaves the page for what is dropped. What is done with it is
// decided in drops.js.

/** @import { Dragged } from '../connection/drag-data.js' */
/** @import { Point } from '../geometry.js' */

import { dragged } from '../connection/drag-data.js';
import { Emitter } from '../emitter.js';

/**
 * What was dropped and where.
 *
 * @typedef {object} Dropped
 * @property {Dragged} what
 * @property {Point} at - CSS pixels from the window's top left corner
 * @property {Element} on
 */

/**
 * Takes every drag over the page, but text over a field for text.
 *
 * Event: `dropped`.
 *
 * @extends {Emitter<{dropped: Dropped}>}
 */
export class DropArea extends Emitter {
  #root = document.documentElement;

  constructor() {
    super();
    // Captured at the window: no element below can leave a drag to the browser.
    for (const type of /** @type {const} */ (['dragenter', 'dragover'])) {
      window.addEventListener(type, (event) => this.#invite(event), { capture: true });
    }
    window.addEventListener('dragleave', (event) => this.#leave(event), { capture: true });
    window.addEventListener('drop', (event) => this.#drop(event), { capture: true });
  }

  /** @param {DragEvent} event */
  #invite(event) {
    if (isForField(event)) return;
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy';
    this.#root.dataset.dragging = '';
  }

  /** @param {DragEvent} event */
  #leave(event) {
    if (event.relatedTarget === null) delete this.#root.dataset.dragging;
  }

  /** @param {DragEvent} event */
  #drop(event) {
    delete this.#root.dataset.dragging;
    if (isForField(event)) return;
    event.preventDefault();
    const what = event.dataTransfer && dragged(event.dataTransfer);
    const on = event.target instanceof Element ? event.target : this.#root;
    if (what) this.emit('dropped', { what, at: { x: event.clientX, y: event.clientY }, on });
  }
}

/** @param {DragEvent} event */
function isForField({ target, dataTransfer }) {
  if (!(target instanceof HTMLTextAreaElement || (target instanceof HTMLInputElement && target.type === 'text'))) return false;
  return target.getClientRects().length > 0 && !target.readOnly && !dataTransfer?.types.includes('Files');
}

// @ts-check
// When the browser has refreshed the screen after a drawing.

import { Emitter } from '../emitter.js';
import { Timer } from '../timer.js';

// A screen that is not refreshed for so long is seen by nobody (milliseconds).
const PATIENCE = 50;

/**
 * Waits for the refresh of the screen that shows a drawing.
 *
 * Event: `refreshed`.
 *
 * @extends {Emitter<{refreshed: void}>}
 */
export class ScreenRefresh extends Emitter {
  #channel = new MessageChannel();
  #timer = new Timer(() => this.#refreshed(this.#drawing));
  #callback = 0;
  /** Number of the last drawing. */
  #drawing = 0;
  #awaited = false;

  constructor() {
    super();
    this.#channel.port1.onmessage = ({ data }) => this.#refreshed(data);
  }

  /** Whether a drawing has yet to be seen, by somebody who looks at the page. */
  get awaited() {
    return this.#awaited && !document.hidden;
  }

  /** Something has been drawn. */
  expect() {
    if (this.#awaited) return;
    this.#awaited = true;
    const drawing = ++this.#drawing;
    // What the callback itself draws is still part of this refresh.
    this.#callback = requestAnimationFrame(() => this.#channel.port2.postMessage(drawing));
    this.#timer.start(PATIENCE);
  }

  /** Nothing will be drawn any more. */
  close() {
    this.#forget();
    this.#channel.port1.close();
  }

  /** @param {number} drawing */
  #refreshed(drawing) {
    if (!this.#awaited || drawing !== this.#drawing) return;
    this.#forget();
    this.#awaited = false;
    this.emit('refreshed');
  }

  #forget() {
    this.#timer.stop();
    cancelAnimationFrame(this.#callback);
  }
}

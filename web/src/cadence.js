// @ts-check

// What comes sooner after a frame than the frames of a film do must not wait for it (milliseconds).
const SOONEST = 10;
// So many frames in a row may wait before one is drawn in place of the last.
const MOST = 3;
// A screen that is not refreshed for so long is seen by nobody (milliseconds).
const PATIENCE = 50;

/**
 * Has every frame of a film seen. Of two that are drawn between two refreshes of the screen only the second would be: it
 * waits for the refresh.
 */
export class Cadence {
  #proceed;
  #refreshed = new MessageChannel();
  #timer = 0;
  /** Whether the last frame is drawn, and the screen not refreshed since. */
  #unseen = false;
  #drawn = -Infinity;
  #waits = false;
  #waited = 0;

  /** @param {() => void} proceed - called after each refresh that shows a frame */
  constructor(proceed) {
    this.#proceed = proceed;
    this.#refreshed.port1.onmessage = () => this.#refresh();
  }

  /** Whether a frame that could be drawn should wait. */
  waits() {
    const hides = this.#unseen && !document.hidden && performance.now() - this.#drawn > SOONEST;
    if (!hides || this.#waited === MOST) return false;
    this.#waits = true;
    return true;
  }

  /** A frame has been drawn. */
  drew() {
    this.#waited = this.#waits ? this.#waited + 1 : 0;
    this.#waits = false;
    this.#drawn = performance.now();
    if (this.#unseen) return;
    this.#unseen = true;
    // What the callback itself draws is still part of this refresh.
    requestAnimationFrame(() => this.#refreshed.port2.postMessage(null));
    this.#timer = window.setTimeout(() => this.#refresh(), PATIENCE);
  }

  /** No frame will be drawn any more. */
  close() {
    clearTimeout(this.#timer);
    this.#refreshed.port1.close();
  }

  #refresh() {
    clearTimeout(this.#timer);
    if (!this.#unseen) return;
    this.#unseen = false;
    this.#proceed();
  }
}

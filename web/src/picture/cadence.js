// @ts-check

// What comes sooner after a frame than the frames of a film do must not wait for it (milliseconds).
const SOONEST = 10;
// So many frames in a row may wait before one is drawn in place of the last.
const MOST = 3;
// A screen that is not refreshed for so long is seen by nobody (milliseconds).
const PATIENCE = 50;

/**
 * Has the frames of a film seen one by one. Of two that are drawn between two refreshes of the screen only the second would
 * be: it waits for the refresh.
 */
export class Cadence {
  #proceed;
  #refreshed = new MessageChannel();
  #timer = 0;
  #callback = 0;
  /** Number of the last drawing. */
  #drawing = 0;
  #drawn = -Infinity;
  /** Whether the screen has not been refreshed since. */
  #unseen = false;
  /** Whether the next frame has waited, and how many in a row before it. */
  #held = false;
  #row = 0;

  /** @param {() => void} proceed - called after each refresh that shows a frame */
  constructor(proceed) {
    this.#proceed = proceed;
    this.#refreshed.port1.onmessage = ({ data }) => this.#refresh(data);
  }

  /** Whether a frame that could be drawn has to wait; it is held then until it is drawn. */
  hold() {
    const hides = this.#unseen && !document.hidden && performance.now() - this.#drawn > SOONEST;
    if (!hides || this.#row === MOST) return false;
    this.#held = true;
    return true;
  }

  /** A frame has been drawn. */
  drew() {
    this.#row = this.#held ? this.#row + 1 : 0;
    this.#held = false;
    this.#drawn = performance.now();
    if (this.#unseen) return;
    this.#unseen = true;
    const drawing = ++this.#drawing;
    // What the callback itself draws is still part of this refresh.
    this.#callback = requestAnimationFrame(() => this.#refreshed.port2.postMessage(drawing));
    this.#timer = window.setTimeout(() => this.#refresh(drawing), PATIENCE);
  }

  /** No frame will be drawn any more. */
  close() {
    this.#forget();
    this.#refreshed.port1.close();
  }

  /** @param {number} drawing */
  #refresh(drawing) {
    if (!this.#unseen || drawing !== this.#drawing) return;
    this.#forget();
    this.#unseen = false;
    this.#proceed();
  }

  #forget() {
    clearTimeout(this.#timer);
    cancelAnimationFrame(this.#callback);
  }
}

// @ts-check
// Whether a frame of a film waits for the screen. How the wait ends stands in screen-refresh.js.

/** @import { ScreenRefresh } from './screen-refresh.js' */

// What comes sooner after a frame than the frames of a film do must not wait for it (milliseconds).
const SOONEST = 10;
// So many frames in a row may wait before one is drawn in place of the last.
const MOST = 3;

/**
 * Has the frames of a film seen one by one. Of two that are drawn between two refreshes of the screen only the second would
 * be: it waits for the refresh.
 */
export class Cadence {
  #screen;
  #drawn = -Infinity;
  /** Whether the next frame has waited, and how many in a row before it. */
  #held = false;
  #row = 0;

  /** @param {Pick<ScreenRefresh, 'awaited' | 'expect'>} screen */
  constructor(screen) {
    this.#screen = screen;
  }

  /** Whether a frame that could be drawn has to wait for the refresh; it is held then until it is drawn. */
  hold() {
    const hides = this.#screen.awaited && performance.now() - this.#drawn > SOONEST;
    if (!hides || this.#row === MOST) return false;
    this.#held = true;
    return true;
  }

  /** A frame has been drawn. */
  drew() {
    this.#row = this.#held ? this.#row + 1 : 0;
    this.#held = false;
    this.#drawn = performance.now();
    this.#screen.expect();
  }
}

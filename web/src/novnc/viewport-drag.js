// @ts-check
// Moving a window over a desktop that is larger than it, with the pointer.

/** @import { Point } from '../geometry.js' */

// CSS pixels that make a drag of a click.
const TREMBLE = 10;

/** One drag of the view; a press that goes nowhere is a click on the desktop. */
export class ViewportDrag {
  #buttons = 0;
  #moved = false;
  #last = { x: 0, y: 0 };

  /** Whether a button is down. */
  get running() {
    return this.#buttons !== 0;
  }

  /**
   * Another button is pressed or released.
   *
   * @param {Point} at
   * @param {number} buttons - those that are down now, as in MouseEvent
   * @returns {number} the buttons of a click that ends here, 0 for none
   */
  press(at, buttons) {
    if (!this.running) {
      this.#moved = false;
      this.#last = at;
    }
    const clicked = buttons === 0 && !this.#moved ? this.#buttons : 0;
    this.#buttons = buttons === 0 ? 0 : this.#buttons | buttons;
    return clicked;
  }

  /**
   * The pointer moves while a button is down.
   *
   * @param {Point} to
   * @returns {Point} by how much the view moves over the desktop
   */
  move(to) {
    const by = { x: this.#last.x - to.x, y: this.#last.y - to.y };
    this.#moved ||= Math.hypot(by.x, by.y) > TREMBLE;
    if (!this.#moved) return { x: 0, y: 0 };
    this.#last = to;
    return by;
  }
}

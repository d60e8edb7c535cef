// @ts-check
// How many clicks of a wheel a browser's wheel event is. RFB knows clicks only: buttons 4 and 5 up and down, 6 and 7 left
// and right.

// CSS pixels of a trackpad's scroll that count as a click, as Qt counts them on a Mac.
const PIXELS = 60;
// One click of a wheel, in units of wheelDelta; and in lines, where a browser (Firefox) counts in lines.
const CLICK = 120;
const LINES = 3;
// Browsers make wheelDelta of a trackpad's pixels by this factor.
const TRACKPAD = 3;
// How much larger napari shows its picture for a click of the wheel.
const ZOOM = 1.007 ** 30;
const Button = Object.freeze({ UP: 1 << 3, DOWN: 1 << 4, LEFT: 1 << 5, RIGHT: 1 << 6 });
const WheelEventMode = Object.freeze({ LINES: 1, PAGES: 2 });

/**
 * @typedef {object} Clicks
 * @property {number} x - to the right, negative to the left
 * @property {number} y - down, negative up
 */

/**
 * What of a WheelEvent matters.
 *
 * @typedef {Pick<WheelEvent, 'deltaX' | 'deltaY' | 'deltaMode' | 'shiftKey'> & {wheelDeltaX?: number, wheelDeltaY?: number}}
 *   Scroll
 */

/** Counts clicks, and keeps what is less than one for the next event. */
export class Wheel {
  #rest = { x: 0, y: 0, zoom: 0 };

  /**
   * The clicks of one more event.
   *
   * @param {Scroll} event
   * @returns {Clicks}
   */
  turn(event) {
    const x = this.#count('x', amount(event.deltaX, event.deltaMode, event.wheelDeltaX));
    const y = this.#count('y', amount(event.deltaY, event.deltaMode, event.wheelDeltaY));
    // macOS turns Shift with a wheel into a scroll to the side; programs under X know Shift with the wheel.
    return event.shiftKey && event.deltaY === 0 ? { x: 0, y: x } : { x, y };
  }

  /**
   * The clicks that zoom by as much as fingers that pinch.
   *
   * @param {number} ratio - of their distance to what it was, above 0
   * @returns {Clicks}
   */
  pinch(ratio) {
    return { x: 0, y: this.#count('zoom', -Math.log(ratio) / Math.log(ZOOM)) };
  }

  /**
   * Whether an event with Control is a pinch on a trackpad, if no key holds Control.
   *
   * @param {Scroll} event
   */
  isPinch({ deltaY, wheelDeltaY = 0 }) {
    // A pinch comes in small steps; a wheel that turns while Control was pressed elsewhere comes in clicks.
    return wheelDeltaY % CLICK !== 0 || Math.abs(deltaY) < 0.4 * Math.abs(wheelDeltaY) || wheelDeltaY === 0;
  }

  /**
   * @param {'x' | 'y' | 'zoom'} axis
   * @param {number} clicks - may be a part of one
   */
  #count(axis, clicks) {
    const rest = this.#rest[axis];
    // Who turns back does not first undo what has not been a click.
    const sum = (rest * clicks < 0 ? 0 : rest) + clicks;
    // A sum of parts that should be whole may lack a little.
    const whole = Math.trunc(sum + Math.sign(sum) * 1e-9);
    this.#rest[axis] = sum - whole;
    // -0 is not 0 for whoever compares.
    return whole + 0;
  }
}

/**
 * The buttons that the clicks are for RFB, in the order to press them.
 *
 * @param {Clicks} clicks
 * @returns {number[]} bits of a button mask
 */
export function buttonsOf({ x, y }) {
  return [
    ...new Array(Math.abs(y)).fill(y < 0 ? Button.UP : Button.DOWN),
    ...new Array(Math.abs(x)).fill(x < 0 ? Button.LEFT : Button.RIGHT),
  ];
}

/**
 * Clicks, or a part of one.
 *
 * @param {number} delta
 * @param {number} mode - of WheelEvent: pixels, lines, pages
 * @param {number} [wheelDelta] - where the browser has it: 120 for each click of a wheel
 */
function amount(delta, mode, wheelDelta = 0) {
  if (isOfWheel(delta, wheelDelta)) return -wheelDelta / CLICK;
  if (mode === WheelEventMode.LINES) return delta / LINES;
  if (mode === WheelEventMode.PAGES) return delta;
  return delta / PIXELS;
}

/**
 * @param {number} delta
 * @param {number} [wheelDelta]
 */
function isOfWheel(delta, wheelDelta = 0) {
  // As many pixels as a browser, its zoom and the system make of a click; a trackpad's are always a third of wheelDelta.
  const ratio = Math.abs(delta / wheelDelta);
  return ratio >= 0.1 && ratio <= 2 && Math.abs(wheelDelta + TRACKPAD * delta) > TRACKPAD;
}

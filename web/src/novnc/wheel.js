// @ts-check
// How many clicks of a wheel a browser's wheel event is. RFB knows clicks only: buttons 4 and 5 up and down, 6 and 7 left
// and right.

// CSS pixels of a trackpad's scroll that count as a click; toolkits take 15 to 60.
const PIXELS = 50;
// One click of a wheel, in units of wheelDelta; and in lines, where a browser (Firefox) counts in lines.
const CLICK = 120;
const LINES = 3;
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
  #rest = { x: 0, y: 0 };

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
   * @param {'x' | 'y'} axis
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
  if (mode === WheelEventMode.LINES) return delta / LINES;
  if (mode === WheelEventMode.PAGES) return delta;
  // Browsers scroll by 100 or 120 pixels a click, and by half or twice that in a page that is zoomed.
  const ratio = Math.abs(delta / wheelDelta);
  const clicks = wheelDelta % CLICK === 0 && ratio >= 0.5 && ratio <= 2;
  return clicks ? -wheelDelta / CLICK : delta / PIXELS;
}

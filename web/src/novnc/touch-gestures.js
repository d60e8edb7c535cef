// @ts-check
// What fingers on a touch screen mean: where which button of a mouse is pressed, how far is scrolled and zoomed. Knows neither
// elements nor RFB.

/** @import { Point } from '../geometry.js' */

import { Emitter } from '../emitter.js';
import { Timer } from '../timer.js';

// CSS pixels that a finger may tremble, and milliseconds until one that rests is the right button and no tap.
const TREMBLE = 10;
const HOLD = 700;
// Fingers that come down within this time belong together (milliseconds).
const TOGETHER = 250;
// A second tap this near and this soon is meant for the same place (CSS pixels, milliseconds).
const NEAR = 40;
const SOON = 500;

/** Bits of MouseEvent.buttons: those of a tap with one, two and three fingers. */
const Buttons = Object.freeze({ NONE: 0, LEFT: 1, RIGHT: 2, MIDDLE: 4 });
const TAPS = [Buttons.LEFT, Buttons.RIGHT, Buttons.MIDDLE];

/**
 * @typedef {object} Finger
 * @property {Point} start
 * @property {Point} last
 */

/**
 * @typedef {object} Scroll
 * @property {Point} at - where the fingers came down
 * @property {number} deltaX - as those of a WheelEvent in pixels: what is seen follows the fingers
 * @property {number} deltaY
 */

/**
 * @typedef {object} Pinch
 * @property {Point} at - between the fingers when they came down
 * @property {number} ratio - how much farther apart the fingers are than before, 1 for equal
 */

/**
 * One finger: a tap is a click, a move a drag from where the finger came down, a long press the right button. Two fingers: a
 * tap is a right click, and they scroll or pinch. Three fingers: a tap is a middle click.
 *
 * Events: `point` (the pointer is here, and these buttons are down), `scroll`, `pinch`. All places are as they came.
 *
 * @extends {Emitter<{point: Point & {buttons: number}, scroll: Scroll, pinch: Pinch}>}
 */
export class TouchGestures extends Emitter {
  /** @type {'none' | 'undecided' | 'drag' | 'hold' | 'scroll' | 'pinch' | 'ignored'} */
  #gesture = 'none';
  /** @type {Map<number, Finger>} those of the gesture, the first one first */
  #fingers = new Map();
  /** @type {Set<number>} */
  #touching = new Set();
  /** @type {Set<number>} fingers that have moved since the two were last compared */
  #moved = new Set();
  /** @type {Point[]} the way of the first finger */
  #way = [];
  #time = 0;
  /** @type {{at: Point, time: number, buttons: number}} */
  #tapped = { at: { x: 0, y: 0 }, time: -Infinity, buttons: Buttons.NONE };
  #hold = new Timer(() => this.#holdDown());

  /** Whether a finger touches the screen. */
  get touched() {
    return this.#touching.size > 0;
  }

  /**
   * A finger has come down.
   *
   * @param {number} finger - its number
   * @param {Point} at
   */
  down(finger, at) {
    const together = this.#fingers.size === this.#touching.size && performance.now() - this.#time <= TOGETHER;
    this.#touching.add(finger);
    if (this.#gesture === 'none') this.#begin();
    else if (this.#gesture !== 'undecided') return;
    else this.#hold.stop();
    if (this.#fingers.size > 0 && !together) this.#gesture = 'ignored';
    this.#fingers.set(finger, { start: at, last: at });
    this.#way.push(at);
  }

  /**
   * A finger has moved.
   *
   * @param {number} finger
   * @param {Point} to
   */
  move(finger, to) {
    const moved = this.#fingers.get(finger);
    if (!moved) return;
    const before = this.#now;
    moved.last = to;
    if (this.#gesture === 'undecided') this.#decide(finger, to);
    else if (this.#gesture === 'drag') this.emit('point', { ...to, buttons: Buttons.LEFT });
    else if (this.#gesture === 'hold') this.emit('point', { ...to, buttons: Buttons.RIGHT });
    else this.#follow(before);
  }

  /**
   * A finger has left the screen.
   *
   * @param {number} finger
   */
  up(finger) {
    this.#touching.delete(finger);
    this.#hold.stop();
    if (this.#gesture !== 'undecided') this.#end(finger);
    else if (!this.touched) this.#tap();
    if (!this.touched) this.#gesture = 'none';
  }

  /**
   * The browser has taken a finger away.
   *
   * @param {number} finger
   */
  cancel(finger) {
    if (this.#gesture === 'undecided') this.#gesture = 'ignored';
    this.up(finger);
  }

  /** The fingers no longer mean anything. */
  stop() {
    for (const finger of [...this.#touching]) this.cancel(finger);
  }

  #begin() {
    this.#gesture = 'undecided';
    this.#time = performance.now();
    this.#fingers.clear();
    this.#moved.clear();
    this.#way = [];
    this.#hold.start(HOLD);
  }

  #holdDown() {
    this.#gesture = 'hold';
    this.emit('point', { ...this.#start, buttons: Buttons.RIGHT });
  }

  /**
   * @param {number} finger - the one that has moved
   * @param {Point} to
   */
  #decide(finger, to) {
    if (this.#fingers.size === 1) this.#decideDrag(to);
    // Two fingers move one after the other: only when both have moved, or one rests, it is seen how they do.
    else if (this.#moved.has(finger) || this.#moved.size === this.#fingers.size - 1) this.#decideTwo();
    else this.#moved.add(finger);
  }

  /** @param {Point} to */
  #decideDrag(to) {
    this.#way.push(to);
    if (distance(this.#start, to) < TREMBLE) return;
    this.#gesture = 'drag';
    this.#hold.stop();
    // The way so far, so that a line that is drawn begins where the finger came down.
    for (const at of this.#way) this.emit('point', { ...at, buttons: Buttons.LEFT });
  }

  #decideTwo() {
    this.#moved.clear();
    const start = this.#began;
    const now = this.#now;
    const moved = distance(start.centre, now.centre);
    const spread = Math.abs(now.spread - start.spread);
    if (this.#fingers.size !== 2 || Math.max(moved, spread) < TREMBLE) return;
    this.#gesture = spread > moved ? 'pinch' : 'scroll';
    this.#follow(start);
  }

  /** @param {ReturnType<typeof between>} before */
  #follow(before) {
    const { centre, spread } = this.#now;
    const at = this.#began.centre;
    if (this.#gesture === 'scroll') {
      this.emit('scroll', { at, deltaX: before.centre.x - centre.x, deltaY: before.centre.y - centre.y });
    } else if (this.#gesture === 'pinch' && spread > 0 && before.spread > 0) {
      this.emit('pinch', { at, ratio: spread / before.spread });
    }
  }

  #tap() {
    const buttons = TAPS[this.#fingers.size - 1];
    const time = performance.now();
    if (buttons === undefined || time - this.#time > HOLD) return;
    const { centre } = this.#began;
    const { at, ...last } = this.#tapped;
    const again = buttons === last.buttons && time - last.time < SOON && distance(centre, at) < NEAR;
    this.#tapped = { at: again ? at : centre, time, buttons };
    for (const now of [buttons, Buttons.NONE]) this.emit('point', { ...this.#tapped.at, buttons: now });
  }

  /** @param {number} finger - the one that has left */
  #end(finger) {
    const left = this.#fingers.get(finger);
    if (!left || this.#gesture === 'ignored') return;
    const pressed = this.#gesture === 'drag' || this.#gesture === 'hold';
    this.#gesture = 'ignored';
    if (pressed) this.emit('point', { ...left.last, buttons: Buttons.NONE });
  }

  get #start() {
    const [first] = this.#way;
    return first ?? { x: 0, y: 0 };
  }

  get #began() {
    return between([...this.#fingers.values()].map((finger) => finger.start));
  }

  get #now() {
    return between([...this.#fingers.values()].map((finger) => finger.last));
  }
}

/**
 * Where the fingers are together, and how far apart the first two.
 *
 * @param {Point[]} points - one at least
 */
function between(points) {
  const sum = points.reduce((a, b) => ({ x: a.x + b.x, y: a.y + b.y }), { x: 0, y: 0 });
  const [first, second] = points;
  return {
    centre: { x: sum.x / points.length, y: sum.y / points.length },
    spread: first && second ? distance(first, second) : 0,
  };
}

/**
 * @param {Point} one
 * @param {Point} other
 */
function distance(one, other) {
  return Math.hypot(one.x - other.x, one.y - other.y);
}

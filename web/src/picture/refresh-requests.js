// @ts-check
// The areas that a refinement has asked the server for: what of them is missing, how many are asked for at once, and
// whether asking helps. It neither waits nor sends.

/** @import { Rectangle } from '../geometry.js' */

import { overlap } from '../geometry.js';

const FIRST_AREAS = 2;
const MOST_AREAS = 64;
// More areas at a time while an answer takes less, fewer when it takes more (milliseconds).
const QUICK = 50;
const SLOW = 150;
// A server that still sends JPEG after so many requests cannot do without.
const MOST_REFUSALS = 3;

/** One batch of requests at a time, as large as comes in a tenth of a second. */
export class RefreshRequests {
  /** @type {Rectangle[]} */
  #areas = [];
  #askedAt = 0;
  #limit = FIRST_AREAS;
  /** Pixels asked for that have not come yet. */
  #missing = 0;
  #refused = false;
  /** Batches in a row that have come with losses. */
  #refusals = 0;

  /** Areas to ask for at once. */
  get limit() {
    return this.#limit;
  }

  /** Whether a batch is on its way. */
  get pending() {
    return this.#areas.length > 0;
  }

  /** Whether all pixels of the batch have come. */
  get complete() {
    return this.#missing <= 0;
  }

  /** Whether the server sends losses whatever it is asked for. */
  get hopeless() {
    return this.#refusals >= MOST_REFUSALS;
  }

  /**
   * These areas have been asked for.
   *
   * @param {Rectangle[]} areas
   */
  ask(areas) {
    this.#areas = areas;
    this.#askedAt = performance.now();
    this.#missing = areas.reduce((sum, { width, height }) => sum + width * height, 0);
    this.#refused = false;
  }

  /**
   * A rectangle has been drawn.
   *
   * @param {Rectangle} area
   * @param {boolean} lossy
   * @returns {boolean} whether all of it was asked for
   */
  receive(area, lossy) {
    // A server may answer several requests with one rectangle.
    const answered = this.#areas.reduce((sum, asked) => sum + overlap(asked, area), 0);
    if (answered === 0 || answered !== area.width * area.height) return false;
    this.#missing -= answered;
    this.#refused ||= lossy;
    return true;
  }

  /** The batch has come: learn from it. */
  finish() {
    const took = performance.now() - this.#askedAt;
    if (took < QUICK) this.#limit = Math.min(MOST_AREAS, this.#limit * 2);
    if (took > SLOW) this.#limit = Math.max(1, this.#limit >> 1);
    this.#refusals = this.#refused ? this.#refusals + 1 : 0;
    this.#areas = [];
  }

  /**
   * Wait for the batch no longer.
   *
   * @returns {Rectangle[]} its areas
   */
  abandon() {
    return this.#areas.splice(0);
  }
}

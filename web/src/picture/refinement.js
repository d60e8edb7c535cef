// @ts-check

/** @import { Rectangle, Size } from '../types' */

import { Losses } from './losses.js';

// Side in pixels of an area that is asked for. LibVNCServer sends up to 65,536 pixels in one rectangle.
const SIDE = 256;
const MOST_AREAS = 64;
// How long the picture must have rested, in milliseconds; for those who only watch later, and not for all at once.
const REST = 300;
const WATCHER_REST = 1500;
// More areas at a time while an answer takes less, fewer when it takes more (milliseconds).
const QUICK = 50;
const SLOW = 150;
// How long an answer may take (milliseconds).
const PATIENCE = 5000;
// Pixels that may change elsewhere meanwhile, such as a blinking cursor.
const TRIFLE = 16_384;
// A server that still sends JPEG after so many requests cannot do without.
const REFUSALS = 3;

/**
 * What a refinement needs of its connection.
 *
 * @typedef {object} Server
 * @property {(on: boolean) => void} lossless - ask for pixels without loss from now on, or as before
 * @property {(area: Rectangle) => void} request - ask for an area of the picture
 * @property {() => Size} size - of the framebuffer
 * @property {() => boolean} watching - whether the viewer only watches
 * @property {() => void} changed - `exact` has changed
 */

/**
 * Knows which parts of the picture are not the server's to the pixel. Where the server does not send them again by itself,
 * they are asked for when the picture rests: a few at a time, as many as come in a tenth of a second, and none while the
 * user does something.
 */
export class Refinement {
  #server;
  #asks = true;
  #losses = new Losses();
  /** @type {Rectangle[]} taken out of the losses until their answer is there */
  #asked = [];
  #askedAt = 0;
  #batch = 2;
  #refusals = 0;
  #refused = false;
  #lossless = false;
  /** Pixels asked for that have not come yet. */
  #missing = 0;
  /** Pixels that have changed. */
  #strange = 0;
  #marked = false;
  #exact = false;
  #quiet = false;
  #timer = 0;
  #quietTimer = 0;

  /** @param {Server} server */
  constructor(server) {
    this.#server = server;
  }

  /** Whether the picture rests and is the server's to the pixel. */
  get exact() {
    return this.#exact;
  }

  /**
   * Whether lossy parts have to be asked for.
   *
   * @param {boolean} asks
   */
  set asks(asks) {
    if (asks === this.#asks) return;
    this.#asks = true;
    this.pause();
    this.#asks = asks;
    if (!asks) clearTimeout(this.#timer);
  }

  /**
   * A rectangle has been drawn.
   *
   * @param {Rectangle} area
   * @param {boolean} lossy
   */
  drawn(area, lossy) {
    // A server may answer several requests with one rectangle.
    const answered = this.#asked.reduce((sum, asked) => sum + overlap(asked, area), 0);
    const wanted = answered > 0 && answered === area.width * area.height;
    this.#refused ||= wanted && lossy;
    this.#marked ||= lossy;
    if (wanted) this.#missing -= answered;
    if (lossy) this.#losses.mark(area);
    const repaired = !lossy && this.#losses.clear(area) && !this.#asks;
    if (!wanted && !repaired) this.#strange += area.width * area.height;
  }

  /**
   * A rectangle has been copied.
   *
   * @param {{x: number, y: number}} from - its top left corner before
   * @param {Rectangle} area - where it is now
   */
  copied(from, area) {
    this.#losses.copy(from, area);
    this.#marked = true;
    this.#strange += area.width * area.height;
  }

  /** All rectangles of an update have been drawn. */
  updated() {
    if (this.#strange > 0) this.#stir();
    else this.#tell();
    if (this.#asked.length > 0) {
      if (this.#strange > TRIFLE) this.pause();
      else if (this.#missing <= 0) this.#advance();
    } else {
      if (this.#strange > TRIFLE) this.#demand(false);
      if (this.#marked && this.#asks) this.#restLater();
    }
    this.#strange = 0;
    this.#marked = false;
  }

  /** The user or the picture is at work: wait for the next rest. */
  pause() {
    if (!this.#asks) return;
    for (const area of this.#asked.splice(0)) this.#losses.mark(area);
    this.#demand(false);
    if (this.#losses.any) this.#restLater();
  }

  /** The framebuffer is a new one. */
  reset() {
    this.#losses.reset(this.#server.size());
    this.#asked = [];
    this.#demand(false);
    this.#stir();
  }

  /** The connection has ended. */
  stop() {
    clearTimeout(this.#timer);
    clearTimeout(this.#quietTimer);
  }

  #stir() {
    this.#quiet = false;
    this.#tell();
    clearTimeout(this.#quietTimer);
    this.#quietTimer = window.setTimeout(() => {
      this.#quiet = true;
      this.#tell();
    }, REST);
  }

  #restLater() {
    clearTimeout(this.#timer);
    const rest = this.#server.watching() ? WATCHER_REST * (1 + Math.random()) : REST;
    this.#timer = window.setTimeout(() => (document.hidden ? this.#restLater() : this.#next()), rest);
  }

  #advance() {
    const took = performance.now() - this.#askedAt;
    if (took < QUICK) this.#batch = Math.min(MOST_AREAS, this.#batch * 2);
    if (took > SLOW) this.#batch = Math.max(1, this.#batch >> 1);
    this.#refusals = this.#refused ? this.#refusals + 1 : 0;
    this.#asked = [];
    this.#next();
  }

  #next() {
    clearTimeout(this.#timer);
    const areas = [...this.#losses.areas(SIDE)].slice(0, this.#batch);
    this.#tell();
    if (this.#refusals >= REFUSALS) {
      this.#demand(false);
      return;
    }
    // While nothing happens the demand stands: x11vnc sends what is below the pointer again, as JPEG, when it ends.
    if (areas.length === 0) return;
    this.#demand(true);
    this.#askedAt = performance.now();
    this.#refused = false;
    this.#missing = 0;
    this.#timer = window.setTimeout(() => this.pause(), PATIENCE);
    this.#asked = areas;
    for (const area of areas) {
      this.#losses.clear(area);
      this.#missing += area.width * area.height;
      this.#server.request(area);
    }
  }

  /** @param {boolean} lossless */
  #demand(lossless) {
    if (lossless === this.#lossless) return;
    this.#lossless = lossless;
    this.#server.lossless(lossless);
  }

  #tell() {
    const exact = this.#quiet && this.#asked.length === 0 && !this.#losses.any;
    if (exact === this.#exact) return;
    this.#exact = exact;
    this.#server.changed();
  }
}

/**
 * The number of pixels that two areas have in common.
 *
 * @param {Rectangle} one
 * @param {Rectangle} other
 */
function overlap(one, other) {
  const width = Math.min(one.x + one.width, other.x + other.width) - Math.max(one.x, other.x);
  const height = Math.min(one.y + one.height, other.y + other.height) - Math.max(one.y, other.y);
  return Math.max(0, width) * Math.max(0, height);
}

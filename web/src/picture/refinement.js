// @ts-check
// When lossy parts of the picture are asked for again, and whether the picture is exact. Where the losses are stands in
// losses.js, what has been asked for in refresh-requests.js.

/** @import { Point, Rectangle, Size } from '../geometry.js' */

import { Emitter } from '../emitter.js';
import { Timer } from '../timer.js';
import { Losses } from './losses.js';
import { RefreshRequests } from './refresh-requests.js';

// Side in pixels of an area that is asked for. LibVNCServer sends up to 65,536 pixels in one rectangle.
const SIDE = 256;
// How long the picture must have rested, in milliseconds; for those who only watch later, and not for all at once.
const REST = 300;
const WATCHER_REST = 1500;
// How long an answer may take (milliseconds).
const PATIENCE = 5000;
// Pixels that may change elsewhere meanwhile, such as a blinking cursor.
const TRIFLE = 16_384;

/**
 * Knows which parts of the picture are not the server's to the pixel. Where the server does not send them again by itself,
 * they are asked for when the picture rests: a few at a time, and none while the user does something.
 *
 * Events: `lossless` (ask for pixels without loss from now on, or as before), `request` (ask for this area of the picture),
 * `exact` (`exact` has changed).
 *
 * @extends {Emitter<{lossless: boolean, request: Rectangle, exact: boolean}>}
 */
export class Refinement extends Emitter {
  /** Whether the viewer only watches. */
  watching = false;
  #hidden;
  #asks = true;
  #losses = new Losses();
  /** Their areas are taken out of the losses until the answer is there. */
  #requests = new RefreshRequests();
  #lossless = false;
  /** Pixels of the update that have changed. */
  #changed = 0;
  /** Whether the update has brought losses. */
  #marked = false;
  #exact = false;
  #quiet = false;
  #quietTimer = new Timer(() => {
    this.#quiet = true;
    this.#tell();
  });
  #restTimer = new Timer(() => (this.#hidden() ? this.#restLater() : this.#next()));
  #patience = new Timer(() => this.pause());

  /** @param {() => boolean} hidden - whether nobody sees the page */
  constructor(hidden) {
    super();
    this.#hidden = hidden;
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
    if (!asks) this.#wait();
  }

  /**
   * A rectangle has been drawn.
   *
   * @param {Rectangle} area
   * @param {boolean} lossy
   */
  drawn(area, lossy) {
    const wanted = this.#requests.receive(area, lossy);
    this.#marked ||= lossy;
    if (lossy) this.#losses.mark(area);
    const repaired = !lossy && this.#losses.clear(area) && !this.#asks;
    if (!wanted && !repaired) this.#changed += area.width * area.height;
  }

  /**
   * A rectangle has been copied.
   *
   * @param {Point} from - its top left corner before
   * @param {Rectangle} area - where it is now
   */
  copied(from, area) {
    this.#losses.copy(from, area);
    this.#marked = true;
    this.#changed += area.width * area.height;
  }

  /** All rectangles of an update have been drawn. */
  updated() {
    if (this.#changed > 0) this.#stir();
    else this.#tell();
    if (this.#requests.pending) {
      if (this.#changed > TRIFLE) this.pause();
      else if (this.#requests.complete) this.#advance();
    } else {
      if (this.#changed > TRIFLE) this.#demand(false);
      if (this.#marked && this.#asks) this.#restLater();
    }
    this.#changed = 0;
    this.#marked = false;
  }

  /** The user or the picture is at work: wait for the next rest. */
  pause() {
    if (!this.#asks) return;
    for (const area of this.#requests.abandon()) this.#losses.mark(area);
    this.#demand(false);
    if (this.#losses.any) this.#restLater();
  }

  /**
   * The framebuffer is a new one.
   *
   * @param {Size} size
   */
  reset(size) {
    this.#losses.reset(size);
    this.#requests.abandon();
    this.#demand(false);
    this.#stir();
  }

  /** The connection has ended. */
  stop() {
    this.#wait();
    this.#quietTimer.stop();
  }

  #stir() {
    this.#quiet = false;
    this.#tell();
    this.#quietTimer.start(REST);
  }

  #restLater() {
    this.#wait();
    this.#restTimer.start(this.watching ? WATCHER_REST * (1 + Math.random()) : REST);
  }

  #wait() {
    this.#restTimer.stop();
    this.#patience.stop();
  }

  #advance() {
    this.#requests.finish();
    this.#next();
  }

  #next() {
    this.#wait();
    const areas = [...this.#losses.areas(SIDE)].slice(0, this.#requests.limit);
    this.#tell();
    if (this.#requests.hopeless) {
      this.#demand(false);
      return;
    }
    // While nothing happens the demand stands: x11vnc sends what is below the pointer again, as JPEG, when it ends.
    if (areas.length === 0) return;
    this.#demand(true);
    this.#patience.start(PATIENCE);
    this.#requests.ask(areas);
    for (const area of areas) {
      this.#losses.clear(area);
      this.emit('request', area);
    }
  }

  /** @param {boolean} lossless */
  #demand(lossless) {
    if (lossless === this.#lossless) return;
    this.#lossless = lossless;
    this.emit('lossless', lossless);
  }

  #tell() {
    const exact = this.#quiet && !this.#requests.pending && !this.#losses.any;
    if (exact === this.#exact) return;
    this.#exact = exact;
    this.emit('exact', exact);
  }
}

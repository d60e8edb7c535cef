// @ts-check

/** @import { Sock } from '@novnc/novnc' */
/** @import { OpenCodec, Rectangle } from '../types' */
/** @import { Painter } from '../novnc/display.js' */

import { H264Context } from './h264-context.js';
import { findWasmCodec } from './wasm-codec.js';
import { findWebCodec } from './web-codec.js';

// Flags of a rectangle, rfbproto "Open H.264 Encoding".
const RESET_CONTEXT = 1;
const RESET_ALL_CONTEXTS = 2;
// A client keeps at least as many.
const MOST_CONTEXTS = 64;

// A decoder that has failed may work after a while, one that the browser has taken from an idle page at once (milliseconds).
const PAUSE = 60_000;
const SHORT_PAUSE = 1_000;
// After so many failures without a frame between them the browser cannot decode.
const MOST_FAILURES = 3;

/**
 * What the decoder tells its connection.
 *
 * @typedef {object} Listener
 * @property {() => void} changed - `usable` has changed
 * @property {(area: Rectangle) => void} lost - this area is not up to date any more
 */

/**
 * Decodes the rectangles of encoding 50. A frame that fails or does not come in time costs a pause, in which
 * the server is to do without this encoding; it never costs the session.
 */
export class H264Decoder {
  #listener;
  /** @type {Map<string, H264Context>} the longest unused one first */
  #contexts = new Map();
  /** @type {OpenCodec | null} null when there is no decoder */
  #codec = null;
  #baseline = false;
  #paused = false;
  #failures = 0;
  #closed = false;
  #timer = 0;

  /** @param {Listener} listener */
  constructor(listener) {
    this.#listener = listener;
    findWebCodec().then((codec) => this.#use(codec));
  }

  /** The server keeps to the baseline profile for a viewer that knows no other. */
  async takeBaseline() {
    if (await findWebCodec()) return;
    this.#baseline = true;
    this.#use(await findWasmCodec());
  }

  /** Whether the server may use this encoding. */
  get usable() {
    return this.#codec !== null && !this.#paused && !this.#closed;
  }

  /** Whether the server has to keep to the baseline profile. */
  get baseline() {
    return this.#baseline;
  }

  /** The connection has ended. */
  close() {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#forget();
  }

  /**
   * noVNC's interface of a decoder.
   *
   * @param {number} x
   * @param {number} y
   * @param {number} width
   * @param {number} height
   * @param {Sock} sock
   * @param {Painter} display
   * @returns {boolean} false when bytes are missing yet
   */
  decodeRect(x, y, width, height, sock, display) {
    if (sock.rQwait('H.264 header', 8)) return false;
    const length = sock.rQshift32();
    const flags = sock.rQshift32();
    if (sock.rQwait('H.264 payload', length, 8)) return false;
    const payload = sock.rQshiftBytes(length, false);
    const area = { x, y, width, height };
    const key = `${x},${y},${width},${height}`;
    if (flags & RESET_ALL_CONTEXTS) this.#forget();
    const context = this.#contexts.get(key) ?? this.#open(area);
    if (flags & RESET_CONTEXT) context.reset();
    this.#contexts.delete(key);
    this.#contexts.set(key, context);
    const picture = context.decode(payload);
    if (picture) display.videoFrame(x, y, width, height, picture);
    return true;
  }

  /** @param {OpenCodec | null} codec */
  #use(codec) {
    this.#codec = codec;
    if (this.usable) this.#listener.changed();
  }

  /** @param {Rectangle} area */
  #open(area) {
    const [oldest] = this.#contexts;
    if (oldest && this.#contexts.size >= MOST_CONTEXTS) {
      this.#contexts.delete(oldest[0]);
      oldest[1].retire();
    }
    return new H264Context(area, this.#codec, {
      worked: () => (this.#failures = 0),
      failed: (error) => this.#fail(area, error),
    });
  }

  #forget() {
    for (const context of this.#contexts.values()) context.retire();
    this.#contexts.clear();
  }

  /**
   * @param {Rectangle} area
   * @param {Error} error
   */
  #fail(area, error) {
    if (!this.usable) return;
    console.warn('No video for a while, the decoder failed:', error);
    this.#paused = true;
    this.#failures += 1;
    this.#listener.changed();
    this.#listener.lost(area);
    if (this.#failures >= MOST_FAILURES) return;
    const pause = error.name === 'QuotaExceededError' ? SHORT_PAUSE : PAUSE;
    this.#timer = window.setTimeout(() => this.#resume(), pause);
  }

  #resume() {
    this.#forget();
    this.#paused = false;
    this.#listener.changed();
  }
}

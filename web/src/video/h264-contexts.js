// @ts-check
// All streams of a connection: which decoder they use, and the pause after one has failed. How a rectangle of encoding 50 is
// read stands in novnc/h264-decoder.js.

/** @import { Rectangle } from '../geometry.js' */
/** @import { OpenCodec } from './codec' */
/** @import { Codecs } from './codecs.js' */

import { Emitter } from '../emitter.js';
import { Timer } from '../timer.js';
import { H264Context } from './h264-context.js';

// A client keeps at least as many, rfbproto "Open H.264 Encoding".
const MOST_CONTEXTS = 64;

// A decoder that has failed may work after a while, one that the browser has taken from an idle page at once (milliseconds).
const PAUSE = 60_000;
const SHORT_PAUSE = 1_000;
// After so many failures without a frame between them the browser cannot decode.
const MOST_FAILURES = 3;

/**
 * The contexts of a connection, one for each rectangle. A frame that fails or does not come in time costs a pause, in which
 * the server is to do without H.264; it never costs the session.
 *
 * Events: `changed` (`usable` or `limited` has changed), `lost` (this area is not up to date any more).
 *
 * @extends {Emitter<{changed: void, lost: Rectangle}>}
 */
export class H264Contexts extends Emitter {
  #codecs;
  /** @type {Map<string, H264Context>} the longest unused one first */
  #contexts = new Map();
  /** @type {OpenCodec | null} null when there is no decoder */
  #codec = null;
  #baseline = false;
  #paused = false;
  #failures = 0;
  #closed = false;
  #pause = new Timer(() => this.#resume());

  /** @param {Pick<Codecs, 'findAny' | 'findBaseline' | 'limited'>} codecs */
  constructor(codecs) {
    super();
    this.#codecs = codecs;
    codecs.findAny().then((codec) => this.#use(codec));
  }

  /** The server keeps to the baseline profile for a viewer that knows no other. */
  async takeBaseline() {
    if (await this.#codecs.findAny()) return;
    this.#baseline = true;
    this.#use(await this.#codecs.findBaseline());
  }

  /** Whether the server may send H.264. */
  get usable() {
    return this.#codec !== null && !this.#paused && !this.#closed;
  }

  /** Whether the server has to keep to the baseline profile. */
  get baseline() {
    return this.#baseline;
  }

  /** Whether the server has to keep to the limited range of luma and chroma: Firefox takes any stream for one of it. */
  get limited() {
    return this.#codecs.limited;
  }

  /**
   * The context of a rectangle, a new one where there is none.
   *
   * @param {Rectangle} area
   */
  of(area) {
    const key = `${area.x},${area.y},${area.width},${area.height}`;
    const context = this.#contexts.get(key) ?? this.#open(area);
    this.#contexts.delete(key);
    this.#contexts.set(key, context);
    return context;
  }

  /** Forget all contexts, once their frames have come. */
  clear() {
    for (const context of this.#contexts.values()) context.retire();
    this.#contexts.clear();
  }

  /** The connection has ended. */
  close() {
    this.#closed = true;
    this.#pause.stop();
    this.clear();
  }

  /** @param {OpenCodec | null} codec */
  #use(codec) {
    this.#codec = codec;
    if (this.usable) this.emit('changed');
  }

  /** @param {Rectangle} area */
  #open(area) {
    const [oldest] = this.#contexts;
    if (oldest && this.#contexts.size >= MOST_CONTEXTS) {
      this.#contexts.delete(oldest[0]);
      oldest[1].retire();
    }
    const context = new H264Context(area, this.#codec);
    context.on('worked', () => (this.#failures = 0));
    context.on('limited', () => this.#limit());
    context.on('failed', (error) => this.#fail(area, error));
    return context;
  }

  #limit() {
    if (this.#codecs.limited) return;
    this.#codecs.limited = true;
    this.emit('changed');
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
    this.emit('changed');
    this.emit('lost', area);
    if (this.#failures < MOST_FAILURES) this.#pause.start(error.name === 'QuotaExceededError' ? SHORT_PAUSE : PAUSE);
  }

  #resume() {
    this.clear();
    this.#paused = false;
    this.emit('changed');
  }
}

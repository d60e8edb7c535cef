// @ts-check
// One stream of H.264: its frames in their order, and what is done when one does not come.

/** @import { Size } from '../geometry.js' */
/** @import { Image } from '../picture/pending-image.js' */
/** @import { CodedPicture } from './annexb.js' */
/** @import { OpenCodec, VideoCodec } from './codec' */

import { Emitter } from '../emitter.js';
import { PendingImage } from '../picture/pending-image.js';
import { Timer } from '../timer.js';
import { picturesOf } from './annexb.js';

// How long a frame may take (milliseconds).
const PATIENCE = 1000;
// Frames have no times of their own: any will do that grow (microseconds).
const FRAME_TIME = 1000;

/**
 * The frames of one rectangle of the screen; rfbproto calls it a context.
 *
 * Events: `worked` (a frame has come), `limited` (its decoder knows no other range), `failed` (what is drawn is not up to date;
 * the context needs a key frame).
 *
 * @extends {Emitter<{worked: void, limited: void, failed: Error}>}
 */
export class H264Context extends Emitter {
  #size;
  #open;
  /** @type {VideoCodec | null} */
  #decoder = null;
  #codec = '';
  #count = 0;
  /** @type {{timestamp: number, at: number, image: PendingImage}[]} frames that the decoder has not given yet */
  #due = [];
  #watch = new Timer(() => this.#look());
  #retired = false;

  /**
   * @param {Size} size - of the rectangle
   * @param {OpenCodec | null} open - null when there is no decoder
   */
  constructor(size, open) {
    super();
    this.#size = size;
    this.#open = open;
  }

  /**
   * Decode what came in one rectangle.
   *
   * @param {Uint8Array<ArrayBuffer>} payload - Annex B; copied before this returns
   * @returns {PendingImage | null} the last frame in it, null when there is none that can be decoded
   */
  decode(payload) {
    /** @type {PendingImage | null} */
    let last = null;
    for (const coded of picturesOf(payload)) {
      // Of several frames only the last is seen.
      last?.discard();
      last = this.#feed(coded);
    }
    return last;
  }

  /** The next frame will be a key frame, maybe of another kind. */
  reset() {
    this.#codec = '';
  }

  /** There will be no further frames: give those that are due, then let go of the decoder. */
  retire() {
    this.#retired = true;
    if (this.#due.length === 0) this.#release();
  }

  /** @param {CodedPicture} coded */
  #feed({ data, key, codec }) {
    try {
      if (key && codec && codec !== this.#codec) this.#configure(codec);
      if (!this.#decoder) throw new Error('a frame without the key frame before it');
      const timestamp = this.#count++ * FRAME_TIME;
      this.#decoder.decode({ key, timestamp, data });
      const image = new PendingImage();
      this.#due.push({ timestamp, at: performance.now(), image });
      if (!this.#watch.running) this.#watch.start(PATIENCE);
      return image;
    } catch (error) {
      this.#fail(/** @type {Error} */ (error));
      return null;
    }
  }

  /** @param {string} codec */
  #configure(codec) {
    this.#decoder ??= this.#opened();
    this.#decoder.configure(codec, this.#size.width, this.#size.height);
    this.#codec = codec;
  }

  #opened() {
    if (!this.#open) throw new Error('there is no video decoder');
    const decoder = this.#open();
    decoder.on('frame', ({ image, timestamp }) => this.#receive(image, timestamp));
    decoder.on('limited', () => this.emit('limited'));
    decoder.on('failure', (error) => this.#fail(error));
    return decoder;
  }

  /**
   * @param {Image} image
   * @param {number} timestamp
   */
  #receive(image, timestamp) {
    this.emit('worked');
    // A decoder may skip frames, but never changes their order.
    while (this.#due[0] && this.#due[0].timestamp < timestamp) this.#due.shift()?.image.settle(null);
    const due = this.#due[0]?.timestamp === timestamp ? this.#due.shift() : null;
    if (due) due.image.settle(image);
    else image.close();
    if (this.#retired && this.#due.length === 0) this.#release();
  }

  #look() {
    const [oldest] = this.#due;
    if (!oldest) return;
    const left = oldest.at + PATIENCE - performance.now();
    if (left > 0) this.#watch.start(left);
    else this.#fail(new Error(`no frame within ${PATIENCE} ms`));
  }

  /** @param {Error} error */
  #fail(error) {
    this.#release();
    if (!this.#retired) this.emit('failed', error);
  }

  #release() {
    this.#watch.stop();
    this.#codec = '';
    this.#decoder?.close();
    this.#decoder = null;
    for (const { image } of this.#due.splice(0)) image.settle(null);
  }
}

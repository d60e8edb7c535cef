// @ts-check

/** @import { Image, OpenCodec, Size, VideoCodec } from '../types' */
/** @import { CodedPicture } from './annexb.js' */

import { picturesOf } from './annexb.js';
import { Picture } from '../picture/pending-image.js';

// How long a frame may take (milliseconds).
const PATIENCE = 1000;
// Frames have no times of their own: any will do that grow (microseconds).
const FRAME_TIME = 1000;

/**
 * What a context tells its owner.
 *
 * @typedef {object} Owner
 * @property {() => void} worked - a frame has come
 * @property {(error: Error) => void} failed - what is drawn is not up to date; the context needs a key frame
 */

/** One H.264 stream: the frames of one rectangle of the screen. */
export class H264Context {
  #size;
  #open;
  #owner;
  /** @type {VideoCodec | null} */
  #decoder = null;
  #codec = '';
  #count = 0;
  /** @type {{timestamp: number, at: number, picture: Picture}[]} frames that the decoder has not given yet */
  #due = [];
  #timer = 0;
  #retired = false;

  /**
   * @param {Size} size - of the rectangle
   * @param {OpenCodec | null} open - null when there is no decoder
   * @param {Owner} owner
   */
  constructor(size, open, owner) {
    this.#size = size;
    this.#open = open;
    this.#owner = owner;
  }

  /**
   * Decode what came in one rectangle.
   *
   * @param {Uint8Array<ArrayBuffer>} payload - Annex B; copied before this returns
   * @returns {Picture | null} the last frame in it, null when there is none that can be decoded
   */
  decode(payload) {
    /** @type {Picture | null} */
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
      const picture = new Picture();
      this.#due.push({ timestamp, at: performance.now(), picture });
      if (this.#timer === 0) this.#watch(PATIENCE);
      return picture;
    } catch (error) {
      this.#fail(/** @type {Error} */ (error));
      return null;
    }
  }

  /** @param {string} codec */
  #configure(codec) {
    if (!this.#open) throw new Error('there is no video decoder');
    this.#decoder ??= this.#open({
      frame: (image, timestamp) => this.#receive(image, timestamp),
      failure: (error) => this.#fail(error),
    });
    this.#decoder.configure(codec, this.#size.width, this.#size.height);
    this.#codec = codec;
  }

  /**
   * @param {Image} image
   * @param {number} timestamp
   */
  #receive(image, timestamp) {
    this.#owner.worked();
    // A decoder may skip frames, but never changes their order.
    while (this.#due[0] && this.#due[0].timestamp < timestamp) this.#due.shift()?.picture.settle(null);
    const due = this.#due[0]?.timestamp === timestamp ? this.#due.shift() : null;
    if (due) due.picture.settle(image);
    else image.close();
    if (this.#retired && this.#due.length === 0) this.#release();
  }

  /** @param {number} wait */
  #watch(wait) {
    this.#timer = window.setTimeout(() => {
      this.#timer = 0;
      const [oldest] = this.#due;
      if (!oldest) return;
      const left = oldest.at + PATIENCE - performance.now();
      if (left > 0) this.#watch(left);
      else this.#fail(new Error(`no frame within ${PATIENCE} ms`));
    }, wait);
  }

  /** @param {Error} error */
  #fail(error) {
    this.#release();
    if (!this.#retired) this.#owner.failed(error);
  }

  #release() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#codec = '';
    this.#decoder?.close();
    this.#decoder = null;
    for (const { picture } of this.#due.splice(0)) picture.settle(null);
  }
}

// @ts-check

/** @import { Picture } from '../picture/pending-image.js' */

import Display from '../../node_modules/@novnc/novnc/core/display.js';

import { Cadence } from '../picture/cadence.js';
import { Stills } from '../picture/still-decoder.js';

// So many whole updates may wait for a decoder before no more are read. One would leave the decoder without work while
// the next is read, and a decoder that wants one more frame before it gives any would wait for ever.
const DEPTH = 2;

/** @typedef {{steps: (() => void)[], pictures: Picture[]}} Batch what is drawn at once, as soon as its pictures have come */

/**
 * noVNC's Display with a queue of its own: each update is drawn as a whole and in its order, decoders work while the next one
 * is read, and an image that never comes is passed over.
 */
export class Painter extends Display {
  /** @type {Batch} what has been read of an update */
  #batch = { steps: [], pictures: [] };
  /** @type {Batch[]} whole updates, and what comes after them */
  #queue = [];
  /** Whole updates in the queue. */
  #updates = 0;
  /** @type {(() => void)[]} */
  #relieved = [];
  #closed = false;
  #stills = new Stills();
  #cadence = new Cadence(() => this.#advance());
  #hidden = { canvas: this._backbuffer, context: this._drawCtx };
  #rearranging = false;

  /** @param {HTMLCanvasElement} target */
  constructor(target) {
    // Nothing shines through a desktop: the browser may copy where it would have to blend.
    target.getContext('2d', { alpha: false });
    super(target);
  }

  /**
   * Call when all that has been drawn so far can be seen.
   *
   * @param {() => void} callback
   */
  afterwards(callback) {
    this.#batch.steps.push(callback);
    if (this.#batch.steps.length === 1) this.#finish();
  }

  /** Draw nothing more. */
  close() {
    this.#closed = true;
    this.#cadence.close();
    for (const { pictures } of [...this.#queue, this.#batch]) for (const picture of pictures) picture.discard();
    this.#queue = [];
  }

  /**
   * Whether so much waits that no further update should be read.
   *
   * @override
   */
  pending() {
    return this.#updates >= DEPTH;
  }

  /**
   * Resolves when further updates may be read.
   *
   * @override
   */
  flush() {
    return new Promise((/** @type {(nothing: void) => void} */ resolve) => {
      if (this.pending()) this.#relieved.push(resolve);
      else resolve();
    });
  }

  /**
   * What has been drawn so far stays, where it has room; it must not wait for the queue.
   *
   * @override
   * @param {number} width
   * @param {number} height
   */
  resize(width, height) {
    this.#rearrange(() => super.resize(width, height));
  }

  /**
   * @override
   * @param {number} x
   * @param {number} y
   */
  viewportChangePos(x, y) {
    this.#rearrange(() => super.viewportChangePos(x, y));
  }

  /**
   * @override
   * @param {number} [width]
   * @param {number} [height]
   */
  viewportChangeSize(width, height) {
    this.#rearrange(() => super.viewportChangeSize(width, height));
  }

  /** @override */
  flip() {
    if (this.#rearranging) return;
    this.#updates += 1;
    this.#batch.steps.push(() => {
      this.#updates -= 1;
      if (!this.#direct) super.flip(true);
    });
    this.#finish();
  }

  /**
   * @override
   * @param {number} x
   * @param {number} y
   * @param {number} width
   * @param {number} height
   * @param {Uint8Array<ArrayBuffer>} color
   */
  fillRect(x, y, width, height, color) {
    this.#batch.steps.push(() => super.fillRect(x, y, width, height, color, true));
  }

  /**
   * @override
   * @param {number} oldX
   * @param {number} oldY
   * @param {number} x
   * @param {number} y
   * @param {number} width
   * @param {number} height
   */
  copyImage(oldX, oldY, x, y, width, height) {
    this.#batch.steps.push(() => super.copyImage(oldX, oldY, x, y, width, height, true));
  }

  /**
   * @override
   * @param {number} x
   * @param {number} y
   * @param {number} width
   * @param {number} height
   * @param {Uint8Array<ArrayBuffer>} pixels - RGBX; copied, because decoders use their buffers again
   * @param {number} offset - of the first pixel
   */
  blitImage(x, y, width, height, pixels, offset) {
    const kept = pixels.slice(offset, offset + width * height * 4);
    this.#batch.steps.push(() => super.blitImage(x, y, width, height, kept, 0, true));
  }

  /**
   * @override
   * @param {number} x
   * @param {number} y
   * @param {number} width
   * @param {number} height
   * @param {string} type
   * @param {Uint8Array<ArrayBuffer>} bytes
   */
  imageRect(x, y, width, height, type, bytes) {
    if (width > 0 && height > 0) this.videoFrame(x, y, width, height, this.#stills.decode(type, bytes));
  }

  /**
   * @override
   * @param {number} x
   * @param {number} y
   * @param {number} width
   * @param {number} height
   * @param {Picture} picture - drawn from its top left corner; it may be larger than the rectangle
   */
  videoFrame(x, y, width, height, picture) {
    this.#batch.pictures.push(picture);
    this.#batch.steps.push(() =>
      picture.take((image) => {
        if ('data' in image) this.#put(image.data, x, y, width, height);
        else this.drawImage(image, 0, 0, width, height, x, y, width, height);
      }),
    );
    picture.whenSettled(() => this.#advance());
  }

  /**
   * @param {ImageData} data
   * @param {number} x
   * @param {number} y
   * @param {number} width
   * @param {number} height
   */
  #put(data, x, y, width, height) {
    this._drawCtx.putImageData(data, x, y, 0, 0, width, height);
    this._damage(x, y, width, height);
  }

  #finish() {
    this.#queue.push(this.#batch);
    this.#batch = { steps: [], pictures: [] };
    this.#advance();
  }

  #advance() {
    let head = this.#queue[0];
    while (!this.#closed && head && settled(head) && !this.#waits(head)) {
      this.#queue.shift();
      for (const step of head.steps) attempt(step);
      if (head.pictures.length > 0) this.#cadence.drew();
      head = this.#queue[0];
    }
    if (!this.pending()) for (const resolve of this.#relieved.splice(0)) resolve();
  }

  /**
   * Whether the first batch should wait for the screen; never where a further update is there, which may answer a click.
   *
   * @param {Batch} batch
   */
  #waits({ pictures }) {
    return pictures.length > 0 && this.#updates === 1 && this.#cadence.hold();
  }

  /** Whether all is drawn on the visible canvas, without a copy of each update. */
  get #direct() {
    return this._backbuffer === this._target;
  }

  /**
   * Change the size of the canvas, or what of the framebuffer it shows.
   *
   * @param {() => void} change
   */
  #rearrange(change) {
    if (this.#rearranging) {
      change();
      return;
    }
    this.#rearranging = true;
    if (this.#direct) this.#separate();
    change();
    super.flip(true);
    this.#rearranging = false;
    if (this._target.width === this.width && this._target.height === this.height) this.#join();
  }

  #join() {
    this.#use(this._target, this._targetCtx);
    this.#hidden.canvas.width = this.#hidden.canvas.height = 0;
  }

  #separate() {
    const { canvas, context } = this.#hidden;
    canvas.width = this._target.width;
    canvas.height = this._target.height;
    if (canvas.width > 0 && canvas.height > 0) context.drawImage(this._target, 0, 0);
    this.#use(canvas, context);
  }

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {CanvasRenderingContext2D} context
   */
  #use(canvas, context) {
    this._backbuffer = canvas;
    this._drawCtx = context;
    this._prevDrawStyle = '';
  }
}

/** @param {Batch} batch */
function settled({ pictures }) {
  return pictures.every((picture) => picture.settled);
}

/** @param {() => void} step */
function attempt(step) {
  try {
    step();
  } catch (error) {
    // A frame may have lost its memory; what comes after it must still be drawn.
    console.warn('Cannot draw:', error);
  }
}

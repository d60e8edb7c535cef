// @ts-check

/** @import { Picture } from './picture.js' */

import Display from '../node_modules/@novnc/novnc/core/display.js';

import { Stills } from './stills.js';

// So many whole updates may wait for a decoder before no more are read. One would leave the decoder without work while
// the next is read, and a decoder that wants one more frame before it gives any would wait for ever.
const DEPTH = 2;

/**
 * noVNC's Display with a queue of its own: what is drawn keeps its order, decoders work while the next update is read, and
 * an image that never comes is passed over.
 */
export class Painter extends Display {
  /** @type {{picture?: Picture, draw: () => void}[]} what has to wait for a picture before it, or is one */
  #queue = [];
  /** Whole updates in the queue. */
  #updates = 0;
  /** @type {(() => void)[]} */
  #relieved = [];
  #closed = false;
  #stills = new Stills();

  /**
   * Call when all that has been drawn so far can be seen.
   *
   * @param {() => void} callback
   */
  afterwards(callback) {
    this.#enqueue(callback);
  }

  /** Draw nothing more. */
  close() {
    this.#closed = true;
    for (const { picture } of this.#queue) picture?.discard();
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
   * @override
   * @param {number} width
   * @param {number} height
   */
  resize(width, height) {
    super.resize(width, height);
    // A new size clears the canvas, which must not stay blank until the queue has been drawn.
    super.flip(true);
  }

  /** @override */
  flip() {
    this.#updates += 1;
    this.#enqueue(() => {
      this.#updates -= 1;
      super.flip(true);
    });
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
    this.#enqueue(() => super.fillRect(x, y, width, height, color, true));
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
    this.#enqueue(() => super.copyImage(oldX, oldY, x, y, width, height, true));
  }

  /**
   * @override
   * @param {number} x
   * @param {number} y
   * @param {number} width
   * @param {number} height
   * @param {Uint8Array<ArrayBuffer>} pixels - RGBX
   * @param {number} offset - of the first pixel
   */
  blitImage(x, y, width, height, pixels, offset) {
    // Decoders use their buffers again.
    const waits = this.#queue.length > 0;
    const kept = waits ? pixels.slice(offset, offset + width * height * 4) : pixels;
    this.#enqueue(() => super.blitImage(x, y, width, height, kept, waits ? 0 : offset, true));
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
    const area = [x, y, width, height];
    const draw = () => picture.take((image) => this.drawImage(image, 0, 0, width, height, ...area));
    this.#queue.push({ picture, draw });
    picture.whenSettled(() => this.#advance());
  }

  /** @param {() => void} draw */
  #enqueue(draw) {
    if (this.#queue.length > 0) this.#queue.push({ draw });
    else if (!this.#closed) draw();
  }

  #advance() {
    let head = this.#queue[0];
    while (head && (head.picture?.settled ?? true)) {
      this.#queue.shift();
      try {
        head.draw();
      } catch (error) {
        // A frame may have lost its memory; what comes after it must still be drawn.
        console.warn('Cannot draw:', error);
      }
      head = this.#queue[0];
    }
    if (!this.pending()) for (const resolve of this.#relieved.splice(0)) resolve();
  }
}

// @ts-check
// noVNC's Display: what it draws, put into a queue. When that is drawn stands in picture/draw-queue.js, where in
// direct-display.js.

/** @import { PendingImage } from '../picture/pending-image.js' */

import { DrawQueue } from '../picture/draw-queue.js';
import { StillDecoder } from '../picture/still-decoder.js';
import { DirectDisplay } from './direct-display.js';

/** @param {ImageData | ImageBitmap | VideoFrame} picture */
const widthOf = (picture) => ('displayWidth' in picture ? picture.displayWidth : picture.width);

/** noVNC's Display with the client's queue and decoders in place of its own. */
export class QueuedDisplay extends DirectDisplay {
  #queue = new DrawQueue();
  #stills = new StillDecoder();

  /**
   * Call when all that has been drawn so far can be seen.
   *
   * @param {() => void} callback
   */
  afterwards(callback) {
    this.#queue.afterwards(callback);
  }

  /** Draw nothing more. */
  close() {
    this.#queue.close();
  }

  /**
   * Whether so much waits that no further update should be read.
   *
   * @override
   */
  pending() {
    return this.#queue.full;
  }

  /**
   * Resolves when further updates may be read.
   *
   * @override
   */
  flush() {
    return this.#queue.whenRelieved();
  }

  /** @override */
  flip() {
    if (!this.rearranging) this.#queue.endUpdate(() => super.flip());
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
    this.#queue.add(() => super.fillRect(x, y, width, height, color, true), width * height);
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
    this.#queue.addCopy(() => super.copyImage(oldX, oldY, x, y, width, height, true));
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
    this.#queue.add(() => super.blitImage(x, y, width, height, kept, 0, true), width * height);
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
   * @param {PendingImage} pending - drawn from its top left corner; it may be larger than the rectangle, or have half its size
   */
  videoFrame(x, y, width, height, pending) {
    this.#queue.addImage(pending, () =>
      pending.take((image) => {
        const picture = 'data' in image ? image.data : image;
        if (widthOf(picture) < width) this.drawEnlarged(picture, x, y, width, height);
        else if (picture instanceof ImageData) this.putImage(picture, x, y, width, height);
        else this.drawImage(picture, 0, 0, width, height, x, y, width, height);
      }),
    );
  }
}

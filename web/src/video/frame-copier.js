// @ts-check
// Frames of the browser's decoder as pixels that the page draws itself.

/** @import { Image } from '../picture/pending-image.js' */

import { Planes, possible } from './yuv.js';

const MOST_SPARE = 3;

/** Copies frames of all streams of the page, each into memory that an earlier one has left. */
export class FrameCopier {
  /** @type {Planes[]} memory of copies that have been drawn */
  #spare = [];
  #possible = possible;

  /**
   * The pixels of a frame in the page's own memory: they are converted and drawn in less than half the time in which browsers
   * draw a frame that is in memory too.
   *
   * @param {VideoFrame} frame - belongs to this method
   * @returns {Promise<Image>} the frame itself where its pixels cannot be had
   */
  async copy(frame) {
    const { visibleRect: size, format, colorSpace } = frame;
    const known = format === 'I420' && colorSpace.fullRange && colorSpace.matrix === 'smpte170m';
    if (!this.#possible || !size || !known) return frame;
    try {
      const planes = this.#take(size.width, size.height);
      await frame.copyTo(planes.bytes, { layout: planes.layout });
      planes.convert();
      frame.close();
      return { data: planes.image, close: () => this.#keep(planes) };
    } catch (error) {
      console.warn('Cannot copy the pixels of frames, which are drawn as they are:', error);
      this.#possible = false;
      return frame;
    }
  }

  /**
   * @param {number} width
   * @param {number} height
   */
  #take(width, height) {
    const index = this.#spare.findIndex((one) => one.width === width && one.height === height);
    return (index < 0 ? null : this.#spare.splice(index, 1)[0]) ?? new Planes(width, height);
  }

  /** @param {Planes} planes */
  #keep(planes) {
    this.#spare.push(planes);
    if (this.#spare.length > MOST_SPARE) this.#spare.shift();
  }
}

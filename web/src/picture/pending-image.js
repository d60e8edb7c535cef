// @ts-check
// An image between its decoder and whoever draws it.

/**
 * An image in the page's own memory.
 *
 * @typedef {object} PlainImage
 * @property {ImageData} data
 * @property {() => void} close
 */

/** @typedef {ImageBitmap | VideoFrame | PlainImage} Image what a decoder gives; it holds memory until it is closed */

/** An image that a decoder is at work on, and that may never come. */
export class PendingImage {
  /** @type {Image | null} */
  #image = null;
  #settled = false;
  #discarded = false;
  /** @type {(() => void) | null} */
  #wake = null;

  /** Whether the decoder has done its work, or will not do it any more. */
  get settled() {
    return this.#settled;
  }

  /**
   * The decoder has done its work.
   *
   * @param {Image | null} image - null when there will be none
   */
  settle(image) {
    if (this.#settled || this.#discarded) {
      image?.close();
      return;
    }
    this.#settled = true;
    this.#image = image;
    this.#wake?.();
  }

  /**
   * Call once, as soon as the image is settled.
   *
   * @param {() => void} wake
   */
  whenSettled(wake) {
    this.#wake = wake;
    if (this.#settled) wake();
  }

  /**
   * Hand the image to somebody who draws it, and let go of it.
   *
   * @param {(image: Image) => void} draw - not called when there is no image
   */
  take(draw) {
    if (this.#image) draw(this.#image);
    this.discard();
  }

  /** Nobody will draw it. */
  discard() {
    this.#discarded = true;
    this.#wake = null;
    this.#image?.close();
    this.#image = null;
  }
}

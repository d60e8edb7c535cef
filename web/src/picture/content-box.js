// @ts-check

/** @import { Size } from '../types' */

// A side of a desktop in pixels.
const SMALLEST = 64;
const LARGEST = 8192;

/** The room that the page has for a desktop, in CSS pixels or in those of the device. */
export class Room {
  #element;
  #observer;
  /** @type {Size | null} in whole device pixels, where the browser tells them */
  #device = null;
  /** Whether a pixel of the desktop is to be one of the device. */
  hidpi = false;

  /**
   * @param {HTMLElement} element
   * @param {() => void} changed - called when the number of device pixels has changed
   */
  constructor(element, changed) {
    this.#element = element;
    this.#observer = new ResizeObserver(([entry]) => {
      const box = entry?.devicePixelContentBoxSize?.[0];
      this.#device = box ? { width: box.inlineSize, height: box.blockSize } : null;
      changed();
    });
    try {
      this.#observer.observe(element, { box: 'device-pixel-content-box' });
    } catch {
      // Safari does not know this box; CSS pixels times the ratio are near enough there.
      this.#observer.observe(element);
    }
  }

  /** Pixels of the desktop for one CSS pixel. */
  get ratio() {
    return this.hidpi ? window.devicePixelRatio : 1;
  }

  /** Size in pixels of a desktop, with fractions. */
  get pixels() {
    const box = this.#element.getBoundingClientRect();
    const width = box.width * this.ratio;
    const height = box.height * this.ratio;
    // The observer tells at the next frame only, so its numbers may be those of the last size.
    const device = this.hidpi ? this.#device : null;
    const current = device && Math.abs(device.width - width) < 1 && Math.abs(device.height - height) < 1;
    return current ? device : { width, height };
  }

  /** Size of a desktop that fills the room, null while the page is not shown. */
  get size() {
    const { width, height } = this.pixels;
    return width < 1 || height < 1 ? null : { width: side(width), height: side(height) };
  }

  /** Observe no longer. */
  stop() {
    this.#observer.disconnect();
  }
}

/** @param {number} pixels */
function side(pixels) {
  // The small amount undoes the rounding of a product such as 853.33 times 1.5.
  return Math.min(LARGEST, Math.max(SMALLEST, Math.floor(pixels + 0.01)));
}

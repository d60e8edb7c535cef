// @ts-check
// Measures the element that the picture goes in; placement.js says what follows from its size.

/** @import { Size } from '../geometry.js' */

import { Emitter } from '../emitter.js';
import { fillingSize } from './placement.js';

/**
 * The content box of an element, in CSS pixels or in those of the device.
 *
 * Event: `changed` (the number of device pixels has changed).
 *
 * @extends {Emitter<{changed: void}>}
 */
export class ContentBox extends Emitter {
  /** Whether a pixel of the desktop is to be one of the device. */
  hidpi = false;
  #element;
  #observer;
  /** @type {Size | null} in whole device pixels, where the browser tells them */
  #device = null;

  /** @param {HTMLElement} element */
  constructor(element) {
    super();
    this.#element = element;
    this.#observer = new ResizeObserver(([entry]) => {
      const box = entry?.devicePixelContentBoxSize?.[0];
      this.#device = box ? { width: box.inlineSize, height: box.blockSize } : null;
      this.emit('changed');
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

  /** Its size in pixels of the desktop, with fractions. */
  get pixels() {
    const box = this.#element.getBoundingClientRect();
    const width = box.width * this.ratio;
    const height = box.height * this.ratio;
    // The observer tells at the next frame only, so its numbers may be those of the last size.
    const device = this.hidpi ? this.#device : null;
    const current = device && Math.abs(device.width - width) < 1 && Math.abs(device.height - height) < 1;
    return current ? device : { width, height };
  }

  /** Size of a desktop that fills it, null while the page is not shown. */
  get desktopSize() {
    return fillingSize(this.pixels);
  }

  /** Observe no longer. */
  stop() {
    this.#observer.disconnect();
  }
}

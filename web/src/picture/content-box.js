// @ts-check
// Measures the element that the picture goes in; placement.js says what follows from its size.

/** @import { Size } from '../geometry.js' */

import { Emitter } from '../emitter.js';

/**
 * The content box of an element, in pixels of the screen.
 *
 * Event: `changed` (their number may have changed).
 *
 * @extends {Emitter<{changed: void}>}
 */
export class ContentBox extends Emitter {
  #element;
  #observer;
  #stopped = new AbortController();
  /** @type {Size | null} where the browser tells it */
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
    this.#followRatio();
  }

  /** Hear of another ratio, as on another screen: the element may be as large as before in CSS pixels. */
  #followRatio() {
    const heard = () => {
      this.emit('changed');
      this.#followRatio();
    };
    matchMedia(`(resolution: ${this.ratio}dppx)`).addEventListener('change', heard, {
      once: true,
      signal: this.#stopped.signal,
    });
  }

  /** Pixels of the screen for one CSS pixel. */
  get ratio() {
    return window.devicePixelRatio;
  }

  /** Its size in whole pixels of the screen; nothing while the page is not shown. */
  get size() {
    const box = this.#element.getBoundingClientRect();
    const width = box.width * this.ratio;
    const height = box.height * this.ratio;
    // The observer tells at the next frame only, so its numbers may be those of the last size.
    const device = this.#device;
    const current = device && Math.abs(device.width - width) < 1 && Math.abs(device.height - height) < 1;
    return current ? device : { width: Math.round(width), height: Math.round(height) };
  }

  /** Observe no longer. */
  stop() {
    this.#observer.disconnect();
    this.#stopped.abort();
  }
}

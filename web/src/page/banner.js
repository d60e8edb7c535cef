// @ts-check
// The operator's text above the desktop.

import { element } from './element.js';

/** Takes its room from the desktop, and covers nothing. */
export class Banner {
  #banner = element('banner', HTMLParagraphElement);

  constructor() {
    new ResizeObserver(() => this.#makeRoom()).observe(this.#banner);
  }

  /** @param {string} text - empty for none */
  set text(text) {
    if (this.#banner.textContent === text) return;
    this.#banner.textContent = text;
    this.#banner.hidden = text === '';
    this.#makeRoom();
  }

  #makeRoom() {
    // In whole pixels of the screen, on which those of the desktop lie.
    const height = Math.ceil(this.#banner.offsetHeight * devicePixelRatio) / devicePixelRatio;
    document.documentElement.style.setProperty('--banner', `${height}px`);
  }
}

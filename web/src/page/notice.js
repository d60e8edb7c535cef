// @ts-check

import { element } from './element.js';

const SHOWN = 8000;

/** A line of text that shows for eight seconds, for what the user must know but need not answer. */
export class Notice {
  #line = element('notice', HTMLParagraphElement);
  #timer = 0;

  /** @param {string} text */
  show(text) {
    clearTimeout(this.#timer);
    this.#line.textContent = text;
    this.#line.hidden = false;
    this.#timer = window.setTimeout(() => (this.#line.hidden = true), SHOWN);
  }
}

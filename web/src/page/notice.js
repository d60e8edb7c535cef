// @ts-check
// What the user must know but need not answer.

import { Timer } from '../timer.js';
import { element } from './element.js';

const SHOWN = 8000;

/** A line of text that shows for eight seconds. */
export class Notice {
  #line = element('notice', HTMLParagraphElement);
  #timer = new Timer(() => (this.#line.hidden = true));

  /** @param {string} text */
  show(text) {
    this.#line.textContent = text;
    this.#line.hidden = false;
    this.#timer.start(SHOWN);
  }
}

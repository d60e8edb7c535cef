// @ts-check
// What the user must know but need not answer.

import { Timer } from '../timer.js';
import { element } from './element.js';

const SHOWN = 8000;
const SOON = 1000;

/** A line of text that shows for eight seconds, or while something goes on. */
export class Notice {
  #line = element('notice', HTMLParagraphElement);
  #timer = new Timer(() => (this.#line.hidden = true));

  /** @param {string} text */
  show(text) {
    this.#line.textContent = text;
    this.#line.hidden = false;
    this.#timer.start(SHOWN);
  }

  /**
   * Show it until something has ended, unless that is within a second.
   *
   * @template T
   * @param {string} text
   * @param {Promise<T>} task
   */
  async showDuring(text, task) {
    const begin = new Timer(() => {
      this.show(text);
      this.#timer.stop();
    });
    begin.start(SOON);
    try {
      return await task;
    } finally {
      begin.stop();
      if (this.#line.textContent === text) this.#line.hidden = true;
    }
  }
}

// @ts-check
// What all cards do. A card is a `section` of class `card` in #cards of index.html, with a button `ID-close`.

import { Emitter } from '../emitter.js';
import { element } from './element.js';

/**
 * Something beside the desktop that waits to be read: it takes no focus, and stays until it is closed, by its button or Escape.
 *
 * Event: `closed` (by the visitor; the focus may go back to the desktop).
 *
 * @extends {Emitter<{closed: void}>}
 */
export class Card extends Emitter {
  #section;

  /** @param {string} id - of the section */
  constructor(id) {
    super();
    this.#section = element(id, HTMLElement);
    element(`${id}-close`, HTMLButtonElement).addEventListener('click', () => this.#close());
    this.#section.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') this.#close();
    });
  }

  get shown() {
    return !this.#section.hidden;
  }

  /** @param {boolean} shown */
  set shown(shown) {
    this.#section.hidden = !shown;
  }

  #close() {
    this.shown = false;
    this.emit('closed');
  }
}

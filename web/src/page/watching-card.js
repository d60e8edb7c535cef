// @ts-check
// The card for a visitor whose clicks and keys reach nothing.

/** @import { Way } from './watching-content.js' */

import { Emitter } from '../emitter.js';
import { Card } from './card.js';
import { element } from './element.js';

/** @type {Way[]} */
const WAYS = ['ask', 'withdraw', 'take'];

/**
 * Shows after the first try to do something.
 *
 * Events: `wish` (what the visitor wants to do about it), `closed` (the focus may go back to the desktop).
 *
 * @extends {Emitter<{wish: Way, closed: void}>}
 */
export class WatchingCard extends Emitter {
  #card = new Card('watching');
  #text = element('watching-text', HTMLParagraphElement);
  /** @type {{text: string, ways: Way[]} | null} */
  #content = null;

  constructor() {
    super();
    this.#card.on('closed', () => this.emit('closed'));
    for (const way of WAYS) {
      element(`watching-${way}`, HTMLButtonElement).addEventListener('click', () => this.emit('wish', way));
    }
  }

  /** @param {{text: string, ways: Way[]} | null} content - null for who acts */
  set content(content) {
    this.#content = content;
    if (this.#card.shown) this.#draw();
  }

  /** The visitor has tried to do something. */
  tried() {
    if (!this.#card.shown) this.#draw();
  }

  #draw() {
    const focused = document.activeElement?.closest('#watching') !== null;
    this.#card.shown = this.#content !== null;
    const { text, ways } = this.#content ?? { text: '', ways: [] };
    if (this.#text.textContent !== text) this.#text.textContent = text;
    for (const way of WAYS) element(`watching-${way}`, HTMLButtonElement).hidden = !ways.includes(way);
    if (focused) this.#refocus(ways[0]);
  }

  /**
   * The button that had the focus may be gone.
   *
   * @param {Way | undefined} way - what can be done now
   */
  #refocus(way) {
    if (way) element(`watching-${way}`, HTMLButtonElement).focus();
    else if (!this.#card.shown) this.emit('closed');
  }
}

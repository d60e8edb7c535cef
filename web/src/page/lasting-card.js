// @ts-check
// The card that warns, once in this browser, that the files go with the container.

/** @import { Listing } from '../connection/server' */

import { Emitter } from '../emitter.js';
import { BrowserMemory } from './browser-memory.js';
import { Card } from './card.js';
import { element } from './element.js';
import { texts } from './texts.js';

/**
 * Event: `closed` (the focus may go back to the desktop).
 *
 * @extends {Emitter<{closed: void}>}
 */
export class LastingCard extends Emitter {
  #card = new Card('lasting');
  #memory = new BrowserMemory('lasting');

  constructor() {
    super();
    this.#card.on('closed', () => {
      this.#memory.value = true;
      this.emit('closed');
    });
  }

  /** @param {Listing} top - of the top folder, whose place is told to who has control alone */
  set files({ root, lasting }) {
    this.#card.shown = !lasting && root !== null && this.#memory.value !== true;
    if (!this.#card.shown || root === null) return;
    element('lasting-warning', HTMLParagraphElement).textContent = texts.lasting.warning(root);
    element('lasting-remedy', HTMLElement).textContent = texts.lasting.remedy(root);
  }
}

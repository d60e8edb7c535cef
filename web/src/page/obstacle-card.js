// @ts-check
// The card that says, once in this browser, what keeps the user's files from being saved.

/** @import { SessionFacts } from '../connection/server' */

import { Emitter } from '../emitter.js';
import { BrowserMemory } from './browser-memory.js';
import { Card } from './card.js';
import { element } from './element.js';
import { readable } from './readable.js';

/**
 * Event: `closed` (the focus may go back to the desktop).
 *
 * @extends {Emitter<{closed: void}>}
 */
export class ObstacleCard extends Emitter {
  #card = new Card('obstacle');
  #memory = new BrowserMemory('obstacle');
  #error = '';

  constructor() {
    super();
    this.#card.on('closed', () => {
      this.#memory.value = this.#error;
      this.emit('closed');
    });
  }

  /** @param {SessionFacts} session */
  set session({ obstacles }) {
    const [first] = obstacles ?? [];
    if (!first || first.error === this.#error) return;
    this.#error = first.error;
    this.#card.shown = this.#memory.value !== first.error;
    element('obstacle-error', HTMLParagraphElement).textContent = readable(first.error);
    element('obstacle-remedy', HTMLElement).textContent = first.remedy;
  }
}

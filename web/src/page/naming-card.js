// @ts-check
// The card that asks, once in this browser, what others are to call the visitor.

import { Emitter } from '../emitter.js';
import { Card } from './card.js';
import { element } from './element.js';

/**
 * Events: `named` (empty for who does not want to say), `closed` (the focus may go back to the desktop).
 *
 * @extends {Emitter<{named: string, closed: void}>}
 */
export class NamingCard extends Emitter {
  #card = new Card('naming');
  #input = element('naming-name', HTMLInputElement);

  constructor() {
    super();
    this.#card.on('closed', () => this.#answer(''));
    element('naming-form', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault();
      this.#answer(this.#input.value);
    });
  }

  /** @param {boolean} wanted */
  set wanted(wanted) {
    this.#card.shown = wanted;
  }

  /** @param {string} name */
  #answer(name) {
    this.emit('named', name);
    this.emit('closed');
  }
}

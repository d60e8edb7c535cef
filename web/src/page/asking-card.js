// @ts-check
// The card for who has control, or owns the desktop, while somebody asks for it.

/** @import { PersonFacts } from '../connection/server' */

import { Emitter } from '../emitter.js';
import { Card } from './card.js';
import { element } from './element.js';
import { personName } from './person-name.js';
import { texts } from './texts.js';

/**
 * One request at a time, the oldest first; it goes by itself with the request.
 *
 * Events: `give` and `decline` (to whom), `closed` (the focus may go back to the desktop).
 *
 * @extends {Emitter<{give: string, decline: string, closed: void}>}
 */
export class AskingCard extends Emitter {
  #card = new Card('asking');
  #text = element('asking-text', HTMLParagraphElement);
  #person = '';

  constructor() {
    super();
    this.#card.on('closed', () => {
      this.emit('decline', this.#person);
      this.emit('closed');
    });
    element('asking-give', HTMLButtonElement).addEventListener('click', () => {
      this.emit('give', this.#person);
      this.#card.shown = false;
      this.emit('closed');
    });
  }

  /** @param {PersonFacts | undefined} person - who asks, if anybody does */
  set person(person) {
    const focused = document.activeElement?.closest('#asking') !== null;
    const text = person ? texts.people.asks(personName(person)) : '';
    this.#card.shown = person !== undefined;
    // Said once more, it would be announced once more.
    if (this.#text.textContent !== text) this.#text.textContent = text;
    this.#person = person?.id ?? '';
    if (focused && !person) this.emit('closed');
  }
}

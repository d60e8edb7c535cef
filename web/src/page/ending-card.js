// @ts-check
// The card that says, 15 and 5 minutes before, that the machine will be taken away.

/** @import { SessionFacts } from '../connection/server' */

import { Emitter } from '../emitter.js';
import { Timer } from '../timer.js';
import { Card } from './card.js';
import { element } from './element.js';
import { endingWarning } from './ending-warning.js';
import { texts } from './texts.js';

const MINUTE = 60000;

/**
 * Event: `closed` (the focus may go back to the desktop).
 *
 * @extends {Emitter<{closed: void}>}
 */
export class EndingCard extends Emitter {
  #card = new Card('ending');
  /** When it ends, on this browser's clock. */
  #end = 0;
  /** The warning that was last shown, in minutes before the end. */
  #shown = Infinity;
  #timer = new Timer(() => this.#draw());

  constructor() {
    super();
    this.#card.on('closed', () => this.emit('closed'));
  }

  /** @param {SessionFacts} session - as the server has told it just now */
  set session({ ends_in: seconds }) {
    if (seconds === undefined || seconds === null) return;
    this.#end = Date.now() + seconds * 1000;
    this.#draw();
  }

  #draw() {
    const { warning, next } = endingWarning((this.#end - Date.now()) / MINUTE);
    // The job may have begun anew, with another end.
    if (warning !== this.#shown) this.#card.shown = warning < this.#shown;
    this.#shown = warning;
    const left = Math.max(0, Math.round((this.#end - Date.now()) / MINUTE));
    element('ending-warning', HTMLParagraphElement).textContent = texts.ending.warning(left, new Date(this.#end));
    this.#timer.start(next * MINUTE);
  }
}

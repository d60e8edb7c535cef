// @ts-check
// The card that says that the application does not answer, for as long as it does not.

/** @import { SessionFacts } from '../connection/server' */

import { Emitter } from '../emitter.js';
import { Card } from './card.js';
import { element } from './element.js';
import { texts } from './texts.js';

/**
 * Events: `restart` (the application), `closed` (the focus may go back to the desktop).
 *
 * @extends {Emitter<{restart: void, closed: void}>}
 */
export class SilenceCard extends Emitter {
  #card = new Card('silence');
  #title = element('silence-title', HTMLHeadingElement);
  #lost = element('silence-lost', HTMLParagraphElement);
  #restart = element('silence-restart', HTMLButtonElement);
  #silent = false;

  constructor() {
    super();
    this.#card.on('closed', () => this.emit('closed'));
    this.#restart.addEventListener('click', () => this.emit('restart'));
  }

  /** @param {SessionFacts} session */
  set session({ app, role, stage }) {
    const silent = stage === 'ready' && app.answers === false;
    this.#lost.hidden = this.#restart.hidden = role !== 'control';
    // Who has closed it is told no more of the same silence.
    if (silent === this.#silent) return;
    this.#silent = silent;
    this.#title.textContent = texts.silence.title(app.name || texts.application);
    const focused = document.activeElement?.closest('#silence') !== null;
    this.#card.shown = silent;
    if (focused) this.emit('closed');
  }
}

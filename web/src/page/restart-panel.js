// @ts-check
// The question before the application is restarted, which says what becomes of the work in it.

/** @import { CompanionFacts } from '../connection/server' */

import { element } from './element.js';
import { Panel } from './panel.js';
import { texts } from './texts.js';

/** Its `closed` tells `restart` where that is the answer, or `lose` where its user knows that not all is saved. */
export class RestartPanel extends Panel {
  #refusal = '';
  /** @type {CompanionFacts | null} */
  #companion = null;

  constructor() {
    super('restart', { modal: true });
    this.on('closed', () => {
      this.#refusal = '';
      this.#draw();
    });
  }

  /** @param {CompanionFacts | null} companion */
  set companion(companion) {
    this.#companion = companion;
    this.#draw();
  }

  /** Whether the application saves its session before it is restarted. */
  get saves() {
    return Boolean(this.#companion?.saved);
  }

  /** @param {string} reason - why it was not restarted */
  askAgain(reason) {
    this.#refusal = reason;
    this.#draw();
    this.open();
  }

  #draw() {
    const { comesBack, warning } = texts.restart;
    const saved = this.#companion?.saved;
    const isSaved = !this.#refusal && saved?.error === null && !saved.not_kept.length;
    element('restart-warning', HTMLParagraphElement).textContent = isSaved ? comesBack : warning;
    const refusal = element('restart-refusal', HTMLParagraphElement);
    refusal.textContent = this.#refusal;
    refusal.hidden = !this.#refusal;
    element('restart-yes', HTMLButtonElement).value = isSaved ? 'restart' : 'lose';
  }
}

// @ts-check
// The question whether a link may change what is open.

import { element } from './element.js';
import { Panel } from './panel.js';

/** A dialog that is asked one question at a time. */
export class LinkDialog extends Panel {
  #question = element('link-question', HTMLParagraphElement);

  constructor() {
    super('link', { modal: true });
  }

  /**
   * @param {string} question
   * @returns {Promise<boolean>} whether the answer is yes
   */
  ask(question) {
    this.#question.textContent = question;
    this.open();
    return new Promise((resolve) => {
      const stop = this.on('closed', (answer) => {
        stop();
        resolve(answer === 'open');
      });
    });
  }
}

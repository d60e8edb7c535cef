// @ts-check
// The dialog that asks for a name. What is done with the name is said by who asks.

import { isTaken } from '../connection/files.js';
import { element } from './element.js';
import { errorText } from './error-text.js';
import { Panel } from './panel.js';
import { texts } from './texts.js';

/**
 * What a name is wanted for.
 *
 * @typedef {object} NameQuestion
 * @property {string} title
 * @property {string} action - the button's text
 * @property {string} name - to begin with
 * @property {(name: string, replace: boolean) => Promise<void>} save - may throw what a request throws
 * @property {(name: string) => boolean} replaceable - whether what has this name may go, if the user wants that
 */

/** A name, asked for until it can be had; nothing that has the name already goes without a further question. */
export class NameDialog extends Panel {
  #title = element('files-name-title', HTMLHeadingElement);
  #input = element('files-name-input', HTMLInputElement);
  #error = element('files-name-error', HTMLParagraphElement);
  #replace = element('files-name-replace', HTMLButtonElement);
  #save = element('files-name-save', HTMLButtonElement);
  /** @type {NameQuestion | null} */
  #question = null;

  constructor() {
    super('files-name', { modal: true });
    this.#save.form?.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#answer(false);
    });
    this.#replace.addEventListener('click', () => this.#answer(true));
    this.#input.addEventListener('input', () => this.#complain(''));
    element('files-name-cancel', HTMLButtonElement).addEventListener('click', () => this.close());
  }

  /** @param {NameQuestion} question */
  ask(question) {
    this.#question = question;
    this.#title.textContent = question.title;
    this.#save.textContent = question.action;
    this.#input.value = question.name;
    this.#complain('');
    this.open();
    this.#input.setSelectionRange(0, stem(question.name).length);
  }

  /** @param {boolean} replace */
  async #answer(replace) {
    const question = this.#question;
    const name = this.#input.value;
    if (!question) return;
    if (!isName(name)) {
      this.#complain(texts.name.none);
      return;
    }
    if (name === question.name) {
      this.close();
      return;
    }
    try {
      await question.save(name, replace);
      if (question === this.#question) this.close();
    } catch (error) {
      this.#refuse(question, name, error);
    }
  }

  /**
   * @param {NameQuestion} question
   * @param {string} name
   * @param {unknown} error
   */
  #refuse(question, name, error) {
    const taken = isTaken(error);
    const replaceable = taken && question.replaceable(name);
    this.#complain(taken ? texts.name[replaceable ? 'replaceable' : 'taken'](name) : errorText(error));
    this.#replace.hidden = !replaceable;
  }

  /** @param {string} text */
  #complain(text) {
    this.#error.textContent = text;
    this.#input.setAttribute('aria-invalid', String(text !== ''));
    this.#replace.hidden = true;
    this.#input.focus();
  }
}

/**
 * Whether this can be a name in a folder. What else a name must not be is for the server to say.
 *
 * @param {string} text
 */
export function isName(text) {
  return !['', '.', '..'].includes(text.trim()) && !text.includes('/');
}

/**
 * A name without its suffixes, `cells` of `cells.ome.tif`: what is mostly changed of it.
 *
 * @param {string} name
 */
export function stem(name) {
  return name.replace(/(?<=.)((\.(ome|tar|nii))?\.[^.\s]{1,10})$/i, '');
}

// @ts-check
// What the page's address asks the application to show: when that is done, and what the visitor is asked and told. How it is
// done stands in connection/application.js.

/** @import { Application, View } from '../connection/application.js' */
/** @import { ApplicationFacts, SessionFacts } from '../connection/server' */

import { NoLayer } from '../connection/application.js';
import { HttpError } from '../connection/http-error.js';
import { errorText } from './error-text.js';
import { texts } from './texts.js';

// How the server refuses what the visitor has to be asked for.
const OCCUPIED = 409;
const PROGRAM = 428;

/**
 * What it needs of the page.
 *
 * @typedef {object} Surroundings
 * @property {Pick<Application, 'show'>} application
 * @property {(text: string) => void} tell
 * @property {(question: string) => Promise<boolean>} ask - the visitor, who may say no
 * @property {Pick<History, 'state' | 'replaceState'>} history - where a link that has been followed is marked
 */

/**
 * A link, which is followed once, as soon as the application is ready. A reload of the page does not follow it again, unless
 * it failed; a new visit does.
 */
export class DeepLink {
  #view;
  #around;
  #waits;
  #refusal = '';

  /**
   * @param {View} view
   * @param {Surroundings} around
   */
  constructor(view, around) {
    this.#view = view;
    this.#around = around;
    this.#waits = (view.open ?? view.layer ?? view.ndisplay) !== null && around.history.state?.followed !== true;
  }

  /** @param {string} refusal - why this visitor may not follow it, empty where he may */
  set refusal(refusal) {
    this.#refusal = refusal;
  }

  /** @param {SessionFacts} facts */
  set session({ stage }) {
    if (stage === 'ready') this.#follow();
  }

  /** @param {ApplicationFacts} facts */
  set applicationFacts({ companion }) {
    if (companion?.ready) this.#follow();
  }

  async #follow() {
    if (!this.#waits) return;
    this.#waits = false;
    if (this.#refusal) this.#around.tell(this.#refusal);
    else if (await this.#done()) this.#mark();
  }

  /** @returns {Promise<boolean>} false where it failed */
  async #done() {
    const { open } = this.#view;
    try {
      await this.#around.application.show(this.#view, { unasked: true });
      return true;
    } catch (error) {
      const status = error instanceof HttpError ? error.status : 0;
      if (open !== null && status === OCCUPIED) return this.#ask(texts.link.adds(open));
      if (open !== null && status === PROGRAM) return this.#ask(texts.link.runs(open));
      return this.#fail(error);
    }
  }

  /** @param {string} question */
  async #ask(question) {
    if (!(await this.#around.ask(question))) return true;
    try {
      await this.#around.application.show(this.#view);
      return true;
    } catch (error) {
      return this.#fail(error);
    }
  }

  /** @param {unknown} error */
  #fail(error) {
    const { open, layer } = this.#view;
    if (error instanceof NoLayer) this.#around.tell(texts.link.noLayer(error.layer, error.names));
    else this.#around.tell(texts.link.failed(open ?? layer ?? '', errorText(error)));
    return false;
  }

  #mark() {
    const { history } = this.#around;
    history.replaceState({ ...history.state, followed: true }, '');
  }
}

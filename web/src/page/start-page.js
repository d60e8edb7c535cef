// @ts-check
// The page above the desktop that says what is being waited for, and why something failed. What it says is decided in
// start-content.js.

/** @import { ConnectionState } from '../connection/desktop-connection.js' */
/** @import { SessionFacts } from '../connection/server' */
/** @import { StartFacts, StartContent } from './start-content.js' */

import { Emitter } from '../emitter.js';
import { element } from './element.js';
import { isReady, startContent } from './start-content.js';

const SECOND = 1000;

/**
 * Draws what the start page shows.
 *
 * Events: `retry` (restart the application), `connect`.
 *
 * @extends {Emitter<{retry: void, connect: void}>}
 */
export class StartPage extends Emitter {
  #section = element('start', HTMLElement);
  #title = element('start-title', HTMLHeadingElement);
  #steps = element('start-steps', HTMLOListElement);
  #items = [...this.#steps.querySelectorAll('li')];
  #message = element('start-message', HTMLParagraphElement);
  #failure = element('start-failure', HTMLElement);
  #error = element('start-error', HTMLParagraphElement);
  #log = element('start-log', HTMLPreElement);
  #retry = element('start-retry', HTMLButtonElement);
  #connect = element('start-connect', HTMLButtonElement);
  #waited = element('start-waited', HTMLParagraphElement);
  #shownSince = performance.now();
  /** @type {StartFacts} */
  #facts;

  /**
   * @param {object} options
   * @param {boolean} options.foreign - the desktop is not this server's own session, whose stages say nothing about it
   * @param {boolean} options.waits - connect only when asked to
   */
  constructor({ foreign, waits }) {
    super();
    const connection = waits ? 'disconnected' : 'connecting';
    this.#facts = { session: null, connection, trouble: '', fault: '', foreign, seen: false, waited: 0 };
    this.#retry.addEventListener('click', () => this.emit('retry'));
    this.#connect.addEventListener('click', () => this.emit('connect'));
    this.#learn({});
    setInterval(() => this.#count(), SECOND);
  }

  get shown() {
    return !this.#section.hidden;
  }

  /** @param {SessionFacts} session */
  set session(session) {
    this.#learn({ session, trouble: '' });
  }

  /** @param {ConnectionState} connection - to the desktop */
  set connection(connection) {
    this.#learn({ connection });
  }

  /** @param {string} trouble - why the server's answer is missing */
  set trouble(trouble) {
    this.#learn({ trouble });
  }

  /** @param {string} fault - which part of the way to the desktop is broken, empty for none */
  set fault(fault) {
    this.#learn({ fault });
  }

  /** @param {Partial<StartFacts>} facts */
  #learn(facts) {
    Object.assign(this.#facts, facts);
    this.#facts.seen ||= isReady(this.#facts) && this.#facts.connection === 'connected';
    this.#draw(startContent(this.#facts));
  }

  #count() {
    if (!this.shown) return;
    this.#learn({ waited: Math.round((performance.now() - this.#shownSince) / SECOND) });
  }

  /** @param {StartContent} content */
  #draw(content) {
    if (!this.shown && content.shown) {
      this.#shownSince = performance.now();
      this.#facts.waited = 0;
    }
    this.#waited.textContent = content.waited;
    this.#section.hidden = !content.shown;
    this.#section.classList.toggle('again', this.#facts.seen);
    this.#drawSteps(content.steps);
    this.#title.textContent = content.title;
    this.#message.textContent = content.message;
    this.#failure.hidden = content.error === '';
    this.#error.textContent = content.error;
    this.#log.hidden = content.log === '';
    if (this.#log.textContent !== content.log) {
      this.#log.textContent = content.log;
      this.#log.scrollTop = this.#log.scrollHeight;
    }
    this.#retry.hidden = !content.retry;
    this.#connect.hidden = content.connect === '';
    this.#connect.textContent = content.connect;
  }

  /** @param {StartContent['steps']} steps */
  #drawSteps(steps) {
    this.#steps.hidden = steps.length === 0;
    for (const [index, { text, state }] of steps.entries()) {
      const item = this.#items[index];
      if (!item) throw new Error(`index.html has no step for ${text}`);
      item.textContent = text;
      item.dataset.state = state;
    }
  }
}

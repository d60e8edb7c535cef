// @ts-check

/** @import { LinkState, SessionFacts, ServiceFacts, Stage } from '../types' */

import { element, shortName } from './element.js';

/** @type {Stage[]} */
const STEPS = ['display', 'window_manager', 'application', 'first_frame', 'ready'];

/**
 * The page above the desktop that says what is being waited for, and why something failed.
 *
 * Events: `retry` (restart the application), `connect`.
 */
export class StartPage extends EventTarget {
  #section = element('start', HTMLElement);
  #title = element('start-title', HTMLHeadingElement);
  #steps = [...this.#section.querySelectorAll('li')];
  #message = element('start-message', HTMLParagraphElement);
  #failure = element('start-failure', HTMLElement);
  #error = element('start-error', HTMLParagraphElement);
  #log = element('start-log', HTMLPreElement);
  #retry = element('start-retry', HTMLButtonElement);
  #connect = element('start-connect', HTMLButtonElement);
  /** @type {SessionFacts | null} */
  #session = null;
  /** @type {LinkState} */
  #link = 'connecting';
  #trouble = '';
  #foreign;
  #seen = false;

  /**
   * @param {object} options
   * @param {boolean} options.foreign - the desktop is not this server's own session, whose stages say nothing about it
   * @param {boolean} options.waits - connect only when asked to
   */
  constructor({ foreign, waits }) {
    super();
    this.#foreign = foreign;
    if (waits) this.#link = 'disconnected';
    this.#retry.addEventListener('click', () => this.dispatchEvent(new Event('retry')));
    this.#connect.addEventListener('click', () => this.dispatchEvent(new Event('connect')));
    this.#draw();
  }

  get shown() {
    return !this.#section.hidden;
  }

  /** @param {SessionFacts} session */
  set session(session) {
    this.#session = session;
    this.#trouble = '';
    this.#draw();
  }

  /** @param {LinkState} link */
  set link(link) {
    this.#link = link;
    this.#draw();
  }

  /** @param {string} text - why the server's answer is missing */
  set trouble(text) {
    this.#trouble = text;
    this.#draw();
  }

  get #ready() {
    return this.#foreign || this.#session?.stage === 'ready';
  }

  #draw() {
    this.#seen ||= this.#ready && this.#link === 'connected';
    // A connection lost later is told by the page's notice, above the last picture.
    this.#section.hidden = this.#seen && this.#ready && this.#link !== 'disconnected';
    this.#section.classList.toggle('again', this.#seen);
    const failed = this.#failed();
    this.#drawSteps();
    this.#title.textContent = this.#session && !this.#foreign ? shortName(this.#session.app.command) : 'Desktop';
    this.#message.textContent = this.#sentence();
    this.#failure.hidden = !failed?.error;
    this.#error.textContent = failed?.error ?? '';
    const log = failed?.name === 'application' ? (this.#session?.app.log ?? '') : '';
    this.#log.hidden = log === '';
    if (this.#log.textContent !== log) {
      this.#log.textContent = log;
      this.#log.scrollTop = this.#log.scrollHeight;
    }
    const control = this.#session?.role === 'control';
    this.#retry.hidden = !(control && failed?.name === 'application' && failed.state === 'failed');
    this.#connect.hidden = this.#link !== 'disconnected';
    this.#connect.textContent = this.#seen ? 'Reconnect' : 'Connect';
  }

  #drawSteps() {
    const reached = STEPS.indexOf(this.#session?.stage ?? 'display');
    for (const item of this.#steps) {
      const step = STEPS.indexOf(/** @type {Stage} */ (item.dataset.step));
      item.dataset.state = step < reached ? 'done' : step === reached && this.#session ? 'active' : 'waiting';
      if (item.dataset.step === 'application') {
        item.textContent = this.#session ? shortName(this.#session.app.command) : 'Application';
      }
    }
    const pointless = reached < 0 || this.#foreign || (this.#seen && this.#ready);
    this.#steps[0]?.parentElement?.toggleAttribute('hidden', pointless);
  }

  #sentence() {
    if (this.#trouble) return this.#trouble;
    if (this.#link === 'disconnected') return this.#seen ? 'The connection has ended.' : '';
    if (this.#ready) return 'Connecting to the desktop…';
    return this.#session?.message ?? 'Asking the server…';
  }

  /**
   * What has failed, or is being started again after a failure.
   *
   * @returns {Pick<ServiceFacts, 'name' | 'state' | 'error'> | undefined}
   */
  #failed() {
    if (!this.#session || this.#ready) return undefined;
    const { services, app } = this.#session;
    const all = services.map((service) => (service.name === 'application' ? { ...service, error: app.error } : service));
    return all.find(({ state }) => state === 'failed') ?? all.find(({ state, error }) => state === 'backoff' && error);
  }
}

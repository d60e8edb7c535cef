// @ts-check
// The page around ours, when ours is in its frame: who it is, and messages from and to it alone. What they mean stands in
// embedding.js.

/** @import { FromDesktop, FromPage } from './protocol' */

import { Emitter } from '../emitter.js';

const VERSIONS = [1];

/** @typedef {Extract<FromPage, {desktopd: 'request'}>} Request */

/**
 * Speaks to the parent once it has said hello, is of an origin that may, and knows our version. All others hear nothing, not
 * even that we are here.
 *
 * Events: `connected` (also when it says hello anew), `request`.
 *
 * @extends {Emitter<{connected: void, request: Request}>}
 */
export class ParentWindow extends Emitter {
  #parent;
  #allows;
  /** @type {string | null} of the parent that is spoken to */
  #origin = null;

  /**
   * @param {Pick<Window, 'parent' | 'addEventListener'>} own - this page's window
   * @param {(origin: string) => Promise<boolean>} allows - whether pages there may speak to us
   */
  constructor(own, allows) {
    super();
    this.#parent = own.parent;
    this.#allows = allows;
    if (own.parent !== own) own.addEventListener('message', (event) => this.#receive(event));
  }

  /** @param {FromDesktop} message - for which nobody waits where there is no such parent */
  send(message) {
    // Never to '*': another page may have taken the place of the one that we know.
    if (this.#origin !== null) this.#parent.postMessage(message, { targetOrigin: this.#origin });
  }

  /** @param {MessageEvent<unknown>} event */
  #receive({ source, origin, data }) {
    if (source !== this.#parent || !isMessage(data)) return;
    if (data.desktopd === 'hello' && Array.isArray(data.versions)) this.#greet(origin, data.versions);
    if (data.desktopd === 'request' && origin === this.#origin) this.emit('request', data);
  }

  /**
   * @param {string} origin
   * @param {unknown[]} versions
   */
  async #greet(origin, versions) {
    if (!(await this.#allows(origin).catch(() => false))) return;
    this.#origin = origin;
    const version = VERSIONS.find((one) => versions.includes(one));
    if (version === undefined) {
      this.send({ desktopd: 'unsupported', versions: VERSIONS });
      this.#origin = null;
      return;
    }
    this.send({ desktopd: 'ready', version });
    this.emit('connected');
  }
}

/**
 * @param {unknown} data
 * @returns {data is FromPage}
 */
function isMessage(data) {
  return typeof data === 'object' && data !== null && 'desktopd' in data;
}

// @ts-check
// The line over the last picture while the desktop is not reached.

/** @import { ConnectionState } from '../connection/desktop-connection.js' */

import { element } from './element.js';
import { texts } from './texts.js';

/** Says that the page reconnects, or why it cannot, or that nothing arrives over a connection that is still there. */
export class ConnectionNotice {
  #line = element('reconnecting', HTMLParagraphElement);
  /** @type {ConnectionState} */
  #state = 'connecting';
  #fault = '';
  #silent = false;

  /** @param {ConnectionState} state - of the connection to the desktop */
  set state(state) {
    this.#state = state;
    this.#draw();
  }

  /** @param {string} fault - why no connection comes about, empty where that is not known */
  set fault(fault) {
    this.#fault = fault;
    this.#draw();
  }

  /** @param {boolean} silent - whether nothing arrives over the connection */
  set silent(silent) {
    this.#silent = silent;
    this.#draw();
  }

  #draw() {
    const reconnects = this.#state === 'reconnecting';
    this.#line.textContent = reconnects ? this.#fault || texts.notice.reconnecting : texts.notice.nothingArrives;
    this.#line.hidden = !reconnects && !this.#silent;
  }
}

// @ts-check
// Whether anything arrives over a connection that has not ended: a network that is cut ends none for many seconds.

/** @import { DesktopConnection } from './desktop-connection.js' */
/** @import { RFBClient } from '../novnc/rfb-client.js' */

import { Emitter } from '../emitter.js';
import { ask } from './request.js';

// Milliseconds.
const TICK = 1_000;
const QUIET = 3_000;
const PATIENCE = 3_000;
const ANSWER_TIME = 3_000;
// A server may be slow though its network is fast.
const GIVEN_UP = 10_000;
const PROBE_TIME = 1_500;

/**
 * Asks a quiet connection for a sign of life while the page is looked at. While none comes it tries the server by requests of
 * their own: one that is answered tells that the network is back, long before a connection that it cut goes on.
 *
 * Event: `silent` (whether nothing arrives although it was asked for).
 *
 * @extends {Emitter<{silent: boolean}>}
 */
export class Heartbeat extends Emitter {
  #connection;
  /** @type {RFBClient | null} */
  #asked = null;
  #askedAt = 0;
  #silent = false;
  #trying = false;

  /** @param {DesktopConnection} connection */
  constructor(connection) {
    super();
    this.#connection = connection;
    setInterval(() => this.#beat(), TICK);
  }

  #beat() {
    const rfb = this.#connection.state === 'connected' ? this.#connection.rfb : null;
    const watched = document.visibilityState === 'visible' ? rfb : null;
    if (this.#asked && (this.#asked !== watched || watched.silence < performance.now() - this.#askedAt)) this.#asked = null;
    if (watched && !this.#asked && watched.silence >= QUIET) {
      this.#asked = watched;
      this.#askedAt = performance.now();
      watched.ask();
    }
    const waited = this.#asked ? performance.now() - this.#askedAt : 0;
    this.#tell(waited >= PATIENCE);
    if (waited >= GIVEN_UP) this.#try();
  }

  /** @param {boolean} silent */
  #tell(silent) {
    if (silent === this.#silent) return;
    this.#silent = silent;
    this.emit('silent', silent);
  }

  async #try() {
    if (this.#trying) return;
    this.#trying = true;
    const answered = await ask('healthz', { cache: 'no-store', signal: AbortSignal.timeout(ANSWER_TIME) }).then(
      () => true,
      () => false,
    );
    this.#trying = false;
    if (answered && this.#silent) this.#connection.check(PROBE_TIME);
  }
}

// @ts-check
// Why no connection to the desktop comes about: tries the parts of the way to it, one after the other.

/** @import { ConnectionState } from './desktop-connection.js' */
/** @import { SessionFacts } from './server' */

import { Emitter } from '../emitter.js';
import { Timer } from '../timer.js';
import { protocols } from './page-key.js';
import { ask } from './request.js';

// Milliseconds.
const PATIENCE = 6_000;
const AGAIN = 10_000;
const OPENING = 4_000;

/**
 * The first part of the way that fails. `error`: what the request ended in (HttpError or TypeError); for a WebSocket, what
 * an ordinary request to its address ended in, null where that was answered.
 *
 * @typedef {{part: 'server' | 'websocket', error: unknown}} Fault
 */

/**
 * Looks for the fault while a connection does not come about, from the sixth second on.
 *
 * Event: `found` (null where there is none, or none any more).
 *
 * @extends {Emitter<{found: Fault | null}>}
 */
export class Diagnosis extends Emitter {
  #address;
  #foreign;
  #timer = new Timer(() => this.#look());
  #watching = false;

  /**
   * @param {string} address - of the desktop's WebSocket
   * @param {{foreign: boolean}} options - `foreign`: the desktop is not this server's own session
   */
  constructor(address, { foreign }) {
    super();
    this.#address = address;
    this.#foreign = foreign;
  }

  /** @param {ConnectionState} state - of the connection to the desktop */
  set state(state) {
    const watching = state === 'connecting' || state === 'reconnecting';
    if (watching === this.#watching) return;
    this.#watching = watching;
    if (watching) {
      this.#timer.start(PATIENCE);
    } else {
      this.#timer.stop();
      this.emit('found', null);
    }
  }

  async #look() {
    const fault = await this.#find();
    if (!this.#watching || this.#timer.running) return;
    this.emit('found', fault);
    this.#timer.start(AGAIN);
  }

  /** @returns {Promise<Fault | null>} */
  async #find() {
    try {
      const answer = await ask('api/session', { cache: 'no-store' });
      if (!this.#foreign && !isServed(await answer.json())) return null;
    } catch (error) {
      return { part: 'server', error };
    }
    if (await opens(this.#address)) return null;
    try {
      await ask(this.#address.replace(/^ws/, 'http'), { cache: 'no-store' });
      return { part: 'websocket', error: null };
    } catch (error) {
      return { part: 'websocket', error };
    }
  }
}

/** @param {SessionFacts} session */
function isServed({ services }) {
  return services.some(({ name, state }) => name === 'rfb' && state === 'running');
}

/**
 * Whether a WebSocket opens there.
 *
 * @param {string} address
 * @returns {Promise<boolean>}
 */
function opens(address) {
  return new Promise((resolve) => {
    const socket = new WebSocket(address, protocols('binary'));
    const limit = new Timer(() => end(false));
    /** @param {boolean} opened */
    const end = (opened) => {
      limit.stop();
      socket.close();
      resolve(opened);
    };
    socket.addEventListener('open', () => end(true));
    socket.addEventListener('close', () => end(false));
    limit.start(OPENING);
  });
}

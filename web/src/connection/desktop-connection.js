// @ts-check
// Keeps the page connected to the desktop. One connection, from its start to its end, is an RFBClient: novnc/rfb-client.js.

/** @import { RFBClient } from '../novnc/rfb-client.js' */
/** @import { WakeUp } from './wake-up.js' */

import { Emitter } from '../emitter.js';
import { Timer } from '../timer.js';
import { Backoff } from './backoff.js';

// Milliseconds.
const CONNECT_TIME = 15_000;
const TICK = 2_000;
const QUIET = 30_000;
const PROBE_TIME = 4_000;
const QUIET_PROBE_TIME = 10_000;

/** @typedef {'connecting' | 'connected' | 'reconnecting' | 'disconnected'} ConnectionState */

/**
 * What it needs of the page.
 *
 * @typedef {object} Options
 * @property {() => Promise<() => RFBClient>} load - what opens a connection; loaded apart from the page
 * @property {WakeUp} wakeUp
 * @property {boolean} reconnect - after an end that nobody asked for
 * @property {number} delay - first wait in milliseconds
 */

/**
 * Keeps one RFB connection: connects again, without a limit of tries, after every end that nobody asked for.
 * The last picture stays until the next one is there.
 *
 * Events: `opened` (a new RFBClient, to be configured), `state`, `silent` (a connection was found dead).
 *
 * @extends {Emitter<{opened: RFBClient, state: ConnectionState, silent: void}>}
 */
export class DesktopConnection extends Emitter {
  #place;
  #load;
  #reconnect;
  #backoff;
  /** @type {RFBClient | null} */
  #rfb = null;
  /** @type {HTMLElement | null} the last picture of a connection that has ended */
  #last = null;
  #wait = new Timer(() => this.#try());
  #patience = new Timer(() => this.#expect());
  #attempt = 0;
  #wanted = false;
  #checking = false;
  /** @type {ConnectionState} */
  #state = 'connecting';

  /**
   * @param {HTMLElement} place - where the picture goes
   * @param {Options} options
   */
  constructor(place, { load, wakeUp, reconnect, delay }) {
    super();
    this.#place = place;
    this.#load = load;
    this.#reconnect = reconnect;
    this.#backoff = new Backoff(delay);
    // Ahead of need; a failure shows when it is needed.
    load().catch(() => {});
    wakeUp.on('wake', () => {
      if (document.visibilityState === 'visible') this.check();
    });
    setInterval(() => {
      if ((this.#rfb?.silence ?? 0) > QUIET) this.check(QUIET_PROBE_TIME);
    }, TICK);
  }

  get state() {
    return this.#state;
  }

  /** Whether a connection is to be kept. */
  get wanted() {
    return this.#wanted;
  }

  /** The connection in use, null while there is none. */
  get rfb() {
    return this.#rfb;
  }

  /** Connect, now if a wait is on. */
  start() {
    this.#wanted = true;
    if (this.#rfb) return;
    this.#backoff.reset();
    this.#try();
  }

  /** Leave the connection, if there is one, for good. */
  stop() {
    this.#wanted = false;
    this.#drop();
    this.#enter('disconnected');
  }

  /** Leave the connection, if there is one, and connect anew. */
  restart() {
    this.#drop();
    this.start();
  }

  /**
   * Make sure that the connection is alive; connect at once where there is none.
   *
   * @param {number} [limit] - milliseconds to wait for a sign of life
   */
  async check(limit = PROBE_TIME) {
    if (!this.#wanted) return;
    if (!this.#rfb) {
      this.start();
      return;
    }
    const rfb = this.#rfb;
    if (this.#state !== 'connected' || this.#checking) return;
    this.#checking = true;
    const alive = await rfb.probe(limit);
    this.#checking = false;
    if (alive || rfb !== this.#rfb) return;
    this.emit('silent');
    this.restart();
  }

  async #try() {
    this.#wait.stop();
    const attempt = ++this.#attempt;
    this.#enter(this.#last ? 'reconnecting' : 'connecting');
    try {
      const open = await this.#load();
      if (attempt === this.#attempt) this.#attach(open());
    } catch (error) {
      console.warn('Cannot connect to the desktop:', error);
      if (attempt === this.#attempt) this.#again();
    }
  }

  /** @param {RFBClient} rfb */
  #attach(rfb) {
    this.#rfb = rfb;
    this.#expect();
    rfb.on('picture', () => this.#show(rfb));
    rfb.on('disconnect', () => this.#lose(rfb));
    rfb.on('securityfailure', ({ reason }) => console.warn('The desktop refuses:', reason));
    rfb.on('credentialsrequired', () => {
      console.warn('The desktop asks for a password, which this page cannot give.');
      this.#lose(rfb);
    });
    this.emit('opened', rfb);
  }

  /** Give up on a connection that has no picture yet and brings nothing more. */
  #expect() {
    if (!this.#rfb) return;
    const left = CONNECT_TIME - this.#rfb.silence;
    if (left > 0) this.#patience.start(left);
    else this.#lose(this.#rfb);
  }

  /** @param {RFBClient} rfb */
  #show(rfb) {
    if (rfb !== this.#rfb) return;
    this.#patience.stop();
    this.#last?.remove();
    this.#last = null;
    this.#backoff.reset();
    this.#enter('connected');
  }

  /** @param {RFBClient} rfb */
  #lose(rfb) {
    if (rfb !== this.#rfb) return;
    this.#drop();
    if (this.#reconnect) {
      this.#again();
    } else {
      this.#wanted = false;
      this.#enter('disconnected');
    }
  }

  #again() {
    this.#enter(this.#last ? 'reconnecting' : 'connecting');
    this.#wait.start(this.#backoff.next());
  }

  #drop() {
    this.#wait.stop();
    this.#patience.stop();
    this.#attempt += 1;
    const rfb = this.#rfb;
    this.#rfb = null;
    if (!rfb) return;
    rfb.leave();
    if (this.#state === 'connected') this.#keep(rfb.screen);
  }

  /** @param {HTMLElement} picture - of a connection that has ended */
  #keep(picture) {
    this.#last = picture;
    picture.className = 'last-picture';
    picture.inert = true;
    this.#place.append(picture);
  }

  /** @param {ConnectionState} state */
  #enter(state) {
    if (state === this.#state) return;
    this.#state = state;
    this.emit('state', state);
  }
}

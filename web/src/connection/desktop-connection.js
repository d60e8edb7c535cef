// @ts-check

/** @import { LinkState } from '../types' */
/** @import { Desktop } from '../novnc/desktop.js' */

import { Backoff } from './backoff.js';

// Milliseconds.
const CONNECT_TIME = 15_000;
const TICK = 2_000;
// A gap this long between two ticks means that the machine has slept.
const SLEPT = 6_000;
const QUIET = 30_000;
const PROBE_TIME = 4_000;
const QUIET_PROBE_TIME = 10_000;

/**
 * Keeps one RFB connection: connects again, without a limit of tries, after every end that nobody asked for.
 * The last picture stays until the next one is there.
 *
 * Events: `desktop` (detail: a new Desktop, to be configured), `state`, `silent` (a connection was found dead).
 */
export class Link extends EventTarget {
  #place;
  #address;
  #reconnect;
  #backoff;
  /** @type {Desktop | null} */
  #desktop = null;
  /** @type {HTMLElement | null} the last picture of a connection that has ended */
  #last = null;
  #timer = 0;
  #attempt = 0;
  #wanted = false;
  #checking = false;
  /** @type {LinkState} */
  #state = 'connecting';

  /**
   * @param {HTMLElement} place - where the picture goes
   * @param {string} address - ws: or wss:
   * @param {{reconnect: boolean, delay: number}} options - delay: first wait in milliseconds
   */
  constructor(place, address, { reconnect, delay }) {
    super();
    this.#place = place;
    this.#address = address;
    this.#reconnect = reconnect;
    this.#backoff = new Backoff(delay);
    this.#watch();
    // Ahead of need; a failure shows when it is needed.
    import('../novnc/desktop.js').catch(() => {});
  }

  get state() {
    return this.#state;
  }

  /** Whether a connection is to be kept. */
  get wanted() {
    return this.#wanted;
  }

  /** The connection in use, null while there is none. */
  get desktop() {
    return this.#desktop;
  }

  /** Connect, now if a wait is on. */
  start() {
    this.#wanted = true;
    if (this.#desktop) return;
    this.#backoff.reset();
    this.#open();
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
    if (!this.#desktop) {
      this.start();
      return;
    }
    const desktop = this.#desktop;
    if (this.#state !== 'connected' || this.#checking) return;
    this.#checking = true;
    const alive = await desktop.probe(limit);
    this.#checking = false;
    if (alive || desktop !== this.#desktop) return;
    this.dispatchEvent(new Event('silent'));
    this.restart();
  }

  async #open() {
    clearTimeout(this.#timer);
    const attempt = ++this.#attempt;
    this.#enter(this.#last ? 'reconnecting' : 'connecting');
    try {
      // Loaded apart, because noVNC tests the browser's video decoder before its module is ready.
      const { Desktop } = await import('../novnc/desktop.js');
      if (attempt === this.#attempt) this.#attach(new Desktop(this.#place, this.#address));
    } catch (error) {
      console.warn('Cannot connect to the desktop:', error);
      if (attempt === this.#attempt) this.#again();
    }
  }

  /** @param {Desktop} desktop */
  #attach(desktop) {
    this.#desktop = desktop;
    this.#expect(desktop);
    desktop.addEventListener('picture', () => this.#show(desktop));
    desktop.addEventListener('disconnect', () => this.#lose(desktop));
    desktop.addEventListener('securityfailure', ({ detail }) => console.warn('The desktop refuses:', detail.reason));
    desktop.addEventListener('credentialsrequired', () => {
      console.warn('The desktop asks for a password, which this page cannot give.');
      this.#lose(desktop);
    });
    this.dispatchEvent(new CustomEvent('desktop', { detail: desktop }));
  }

  /**
   * Give up on a connection that has no picture yet and brings nothing more.
   *
   * @param {Desktop} desktop
   */
  #expect(desktop) {
    this.#timer = window.setTimeout(() => {
      if (desktop.silence < CONNECT_TIME) this.#expect(desktop);
      else this.#lose(desktop);
    }, CONNECT_TIME - desktop.silence);
  }

  /** @param {Desktop} desktop */
  #show(desktop) {
    if (desktop !== this.#desktop) return;
    clearTimeout(this.#timer);
    this.#last?.remove();
    this.#last = null;
    this.#backoff.reset();
    this.#enter('connected');
  }

  /** @param {Desktop} desktop */
  #lose(desktop) {
    if (desktop !== this.#desktop) return;
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
    this.#timer = window.setTimeout(() => this.#open(), this.#backoff.next());
  }

  #drop() {
    clearTimeout(this.#timer);
    this.#attempt += 1;
    const desktop = this.#desktop;
    this.#desktop = null;
    if (!desktop) return;
    desktop.leave();
    if (this.#state === 'connected') {
      this.#last = desktop.screen;
      this.#last.className = 'last-picture';
      this.#last.inert = true;
      this.#place.append(this.#last);
    }
  }

  #watch() {
    const check = () => {
      if (document.visibilityState === 'visible') this.check();
    };
    window.addEventListener('online', check);
    window.addEventListener('pageshow', check);
    document.addEventListener('visibilitychange', check);
    let last = Date.now();
    setInterval(() => {
      const gap = Date.now() - last;
      last += gap;
      if (gap > SLEPT) check();
      else if ((this.#desktop?.silence ?? 0) > QUIET) this.check(QUIET_PROBE_TIME);
    }, TICK);
  }

  /** @param {LinkState} state */
  #enter(state) {
    if (state === this.#state) return;
    this.#state = state;
    this.dispatchEvent(new Event('state'));
  }
}

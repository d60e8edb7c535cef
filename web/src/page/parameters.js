// @ts-check
// What the page's address asks for.

/** @import { View } from '../connection/application.js' */
/** @import { ResizeMode } from '../picture/placement.js' */
/** @import { Sharpness } from '../picture/sharpness.js' */

import { SHARPNESSES } from '../picture/sharpness.js';

const YES = ['', '1', 'true', 'yes', 'on'];
const NO = ['0', 'false', 'no', 'off'];

/** noVNC's URL parameters and a few of our own, from the query and the hash; the hash wins. */
export class Parameters {
  /** @type {Map<string, string>} */
  #values;

  /** @param {URL} address - the page's address */
  constructor(address) {
    this.#values = new Map([
      ...new URLSearchParams(address.search),
      ...new URLSearchParams(address.hash.slice(1)),
    ]);
    this.autoconnect = this.#flag('autoconnect', true);
    this.viewOnly = this.#flag('view_only', false);
    this.showDot = this.#flag('show_dot', false);
    this.clip = this.#flag('clip', this.#flag('view_clip', false));
    this.bar = this.#flag('bar', true);
    /** Whether the way from an event to its pixels is noted, with the server, to be loaded as a file. */
    this.trace = this.#flag('trace', false);
    /** @type {Sharpness | null} null where the address says nothing */
    this.sharpness = /** @type {Sharpness | null} */ (this.#choice('sharpness', '', SHARPNESSES) || null);
    /** 0 (smallest) to 9 (best) */
    this.quality = this.#integer('quality', 6, 0, 9);
    /** 0 (none) to 9 (most) */
    this.compression = this.#integer('compression', 2, 0, 9);
    this.reconnect = this.#flag('reconnect', true);
    /** First wait before a reconnect in milliseconds. */
    this.reconnectDelay = this.#integer('reconnect_delay', 1000, 1, 600_000);
    /** @type {ResizeMode} */
    this.resize = /** @type {ResizeMode} */ (
      this.#choice('resize', this.#flag('scale', false) ? 'scale' : 'remote', ['remote', 'scale', 'off'])
    );
    /** @type {'control' | 'super'} what Apple's Command key is on the desktop */
    this.command = /** @type {'control' | 'super'} */ (this.#choice('command', 'control', ['control', 'super']));
    this.title = this.#values.get('title') ?? '';
    this.path = this.#values.get('path') || 'websockify';
    this.view = this.#view();
  }

  /** Whether `path` names a desktop other than this server's own session. */
  get foreign() {
    return new URLSearchParams(this.path.split('?')[1] ?? '').has('token');
  }

  /** @returns {View} what the application is to show */
  #view() {
    const ndisplay = this.#integer('ndisplay', 0, 2, 3);
    return {
      open: this.#values.get('open') || null,
      layer: this.#values.get('layer') || null,
      ndisplay: ndisplay === 2 || ndisplay === 3 ? ndisplay : null,
    };
  }

  /**
   * @param {string} name
   * @param {boolean} fallback
   */
  #flag(name, fallback) {
    const value = this.#values.get(name)?.toLowerCase();
    if (value === undefined) return fallback;
    if (YES.includes(value)) return true;
    if (NO.includes(value)) return false;
    return this.#refuse(name, 'true or false', fallback);
  }

  /**
   * @param {string} name
   * @param {number} fallback
   * @param {number} least
   * @param {number} most
   */
  #integer(name, fallback, least, most) {
    const value = this.#values.get(name);
    if (value === undefined) return fallback;
    const number = /^\d+$/.test(value) ? Number(value) : NaN;
    if (number >= least && number <= most) return number;
    return this.#refuse(name, `a whole number from ${least} to ${most}`, fallback);
  }

  /**
   * @param {string} name
   * @param {string} fallback
   * @param {readonly string[]} choices
   */
  #choice(name, fallback, choices) {
    const value = this.#values.get(name);
    if (value === undefined) return fallback;
    return choices.includes(value) ? value : this.#refuse(name, choices.join(', '), fallback);
  }

  /**
   * @template T
   * @param {string} name
   * @param {string} expected
   * @param {T} fallback
   * @returns {T}
   */
  #refuse(name, expected, fallback) {
    console.warn(`URL parameter ${name}=${this.#values.get(name)}: expected ${expected}; using ${fallback}`);
    return fallback;
  }
}

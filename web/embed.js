// @ts-check
// For pages that show a desktop in a frame: `import { embed } from 'https://DESKTOP/embed.js'`. Served as it stands here, to
// pages of any origin; docs/embed.md describes it, src/embedding/protocol.d.ts what is said.

/** @import { Events, Failure, FromDesktop, FromPage, Method, Methods } from './src/embedding/protocol' */

const BASE = new URL('./', import.meta.url);
const VERSIONS = [1];

/** Why the desktop did not do what it was asked; `status` is the HTTP status of its server, 0 where there was none. */
export class DesktopError extends Error {
  /** @param {Failure} failure */
  constructor({ message, status }) {
    super(message);
    this.name = 'DesktopError';
    this.status = status;
  }
}

/** A desktop in a frame. Requests wait until it answers. */
export class Desktop {
  /** @type {Map<number, {resolve: (result: any) => void, reject: (error: Error) => void}>} */
  #open = new Map();
  /** @type {Map<string, Set<(detail: any) => void>>} */
  #listeners = new Map();
  #ids = 0;
  #answers = false;
  /** @type {() => void} */
  #greeted = () => {};
  /** @type {(error: Error) => void} */
  #refused = () => {};

  /** @param {HTMLIFrameElement} frame - with a page of the desktop from which this script was loaded */
  constructor(frame) {
    this.frame = frame;
    /** Settled once the desktop answers; it never does where this page's origin is not in `frame_ancestors`. */
    this.ready = this.#expect();
    addEventListener('message', this.#receive);
    frame.addEventListener('load', this.#greet);
    if (frame.isConnected) this.#greet();
  }

  /**
   * Call a listener at each event of a type, from now on.
   *
   * @template {keyof Events | 'ready'} E
   * @param {E} type
   * @param {(detail: E extends keyof Events ? Events[E] : void) => void} listener
   * @returns {() => void} which ends it
   */
  on(type, listener) {
    const listeners = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, listeners.add(listener));
    return () => void listeners.delete(listener);
  }

  /**
   * Open a path or URL, unless it is open, and show it.
   *
   * @param {string} place - a path below the desktop's `files_root`, or a URL of its `open_hosts`
   * @param {{layer?: string, ndisplay?: 2 | 3}} [view]
   */
  open(place, view = {}) {
    return this.#ask('open', { ...view, open: place });
  }

  /** All layers, the lowest first. */
  layers() {
    return this.#ask('layers', {});
  }

  /**
   * A PNG.
   *
   * @param {'desktop' | 'canvas'} [of]
   */
  screenshot(of = 'desktop') {
    return this.#ask('screenshot', { of });
  }

  /**
   * Resize the desktop.
   *
   * @param {number} width - pixels
   * @param {number} height - pixels
   */
  resize(width, height) {
    return this.#ask('resize', { width, height });
  }

  /**
   * The text on the desktop's clipboard.
   *
   * @param {string} [text] - that is put there first
   */
  clipboard(text) {
    return this.#ask('clipboard', text === undefined ? {} : { text });
  }

  /** Have the desktop take the keys. */
  focus() {
    this.frame.focus();
    return this.#ask('focus', {});
  }

  /** Leave the desktop and take its frame away. The application runs on. */
  close() {
    removeEventListener('message', this.#receive);
    this.frame.removeEventListener('load', this.#greet);
    this.frame.remove();
    const message = 'The desktop was closed';
    this.#forget(message);
    if (this.#answers) this.ready = this.#expect();
    this.#refused(new DesktopError({ message, status: 0 }));
  }

  #expect() {
    /** @type {Promise<void>} */
    const ready = new Promise((resolve, reject) => {
      this.#greeted = resolve;
      this.#refused = reject;
    });
    // Whoever waits hears of it; nobody has to.
    ready.catch(() => {});
    return ready;
  }

  /** @param {string} why - no answer will come */
  #forget(why) {
    for (const { reject } of this.#open.values()) reject(new DesktopError({ message: why, status: 0 }));
    this.#open.clear();
  }

  /** Each page that is loaded into the frame is spoken to anew. */
  #greet = () => {
    this.#forget('The desktop was loaded anew');
    if (this.#answers) this.ready = this.#expect();
    this.#answers = false;
    this.#post({ desktopd: 'hello', versions: VERSIONS });
  };

  /** @param {FromPage} message */
  #post(message) {
    this.frame.contentWindow?.postMessage(message, BASE.origin);
  }

  /**
   * @template {Method} M
   * @param {M} method
   * @param {Methods[M]['params']} params
   * @returns {Promise<Methods[M]['result']>}
   */
  async #ask(method, params) {
    await this.ready;
    const id = this.#ids++;
    return new Promise((resolve, reject) => {
      this.#open.set(id, { resolve, reject });
      this.#post({ desktopd: 'request', id, method, params });
    });
  }

  /** @param {MessageEvent<FromDesktop>} event */
  #receive = ({ source, origin, data }) => {
    if (source !== this.frame.contentWindow || origin !== BASE.origin || !data?.desktopd) return;
    if (data.desktopd === 'ready') {
      this.#answers = true;
      this.#greeted();
      this.#tell('ready');
    } else if (data.desktopd === 'unsupported') {
      const message = `The desktop speaks version ${data.versions.join(', ')}: load its own embed.js`;
      this.#refused(new DesktopError({ message, status: 0 }));
    } else if (data.desktopd === 'event') this.#tell(data.event, data.data);
    else this.#settle(data);
  };

  /** @param {Extract<FromDesktop, {id: number}>} answer */
  #settle(answer) {
    const waiting = this.#open.get(answer.id);
    this.#open.delete(answer.id);
    if (answer.desktopd === 'answer') waiting?.resolve(answer.result);
    else waiting?.reject(new DesktopError(answer.failure));
  }

  /**
   * @param {string} type
   * @param {unknown} [detail]
   */
  #tell(type, detail) {
    for (const listener of this.#listeners.get(type) ?? []) listener(detail);
  }
}

/**
 * Show the desktop in a new frame that fills an element, or speak to one that is in a frame already.
 *
 * @param {HTMLElement} place - an element, or the iframe itself
 * @param {Record<string, string | number | boolean>} [parameters] - of a new frame's address: `ticket`, `open`, `layer`,
 *   `ndisplay`, `resize`, `bar`, …
 */
export function embed(place, parameters = {}) {
  if (place instanceof HTMLIFrameElement) return new Desktop(place);
  const frame = document.createElement('iframe');
  const address = new URL(BASE);
  for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, String(value));
  frame.src = address.href;
  frame.title = 'Desktop';
  frame.allow = 'clipboard-read; clipboard-write; fullscreen';
  Object.assign(frame.style, { border: '0', width: '100%', height: '100%' });
  const desktop = new Desktop(frame);
  place.replaceChildren(frame);
  return desktop;
}

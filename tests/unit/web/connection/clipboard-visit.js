// @ts-check
// A page with a clipboard, on a browser and a server in memory.

/** @import { TestContext } from 'node:test' */
/** @import { ClipboardOffer } from '../../../../web/src/connection/server' */

import { Clipboard } from '../../../../web/src/connection/clipboard.js';
import { Emitter } from '../../../../web/src/emitter.js';

export const NOTHING = { text: '', html: '', image: null };
export const OLD = { ...NOTHING, text: 'old' };
export const NEW = { ...NOTHING, text: 'new' };
export const PNG = new Blob(['picture'], { type: 'image/png' });
/** @type {ClipboardOffer} */
export const COPIED = { serial: 5, kind: 'text', text: 'copied', html: false, image: null, files: [] };
export const FACTS = { width: 1, height: 1, bytes: 7 };

/** A page with a browser that has, allows and is told what a test says. */
export class Visit {
  focused = true;
  /** Whether the user leaves before the browser has answered. */
  leaving = false;
  /** What the browser allows: to read, to write. */
  allowed = { read: false, write: false };
  userActivation = { isActive: true };
  /** @type {Record<string, Blob>} what is on the browser's clipboard */
  here = {};
  /** @type {{known: string | null, forms: Record<string, string>}[]} what the server was sent */
  sent = [];
  /** Its next answer. */
  status = 204;
  serial = 0;
  /** @type {string[]} */
  told = [];
  window = new EventTarget();
  events = /** @type {any} */ (Object.assign(new Emitter(), { open: true }));
  /** @type {Map<string, string>} what the browser keeps beyond the page */
  kept = new Map();

  /**
   * @param {TestContext} t
   * @param {Visit} [earlier] - of the same browser
   */
  constructor(t, earlier) {
    if (earlier) this.kept = earlier.kept;
    this.#beGlobal(t);
    t.mock.method(console, 'info', () => {});
    t.mock.method(globalThis, 'fetch', (/** @type {string} */ path, /** @type {RequestInit} */ request) =>
      request.method === 'PUT' ? this.#put(path, request) : this.#get(request),
    );
    this.clipboard = new Clipboard(this.events);
    this.clipboard.on('waiting', () => this.told.push('waiting'));
    this.clipboard.on('kept', () => this.told.push('kept'));
    this.clipboard.on('slow', () => this.told.push('slow'));
    this.clipboard.on('refused', ({ reason }) => this.told.push(reason));
    this.clipboard.enabled = true;
  }

  /** @param {TestContext} t */
  #beGlobal(t) {
    const localStorage = {
      getItem: (/** @type {string} */ name) => this.kept.get(name) ?? null,
      setItem: (/** @type {string} */ name, /** @type {string} */ value) => this.kept.set(name, value),
    };
    const navigator = {
      clipboard: this,
      userActivation: this.userActivation,
      permissions: { query: () => Promise.resolve({ state: this.allowed.read ? 'granted' : 'prompt' }) },
    };
    const document = { hasFocus: () => this.focused, getSelection: () => null, querySelector: () => null };
    for (const [name, value] of Object.entries({ window: this.window, document, navigator, localStorage, ClipboardItem: Item })) {
      const before = Object.getOwnPropertyDescriptor(globalThis, name);
      Object.defineProperty(globalThis, name, { value, configurable: true });
      t.after(() => before && Object.defineProperty(globalThis, name, before));
    }
  }

  /**
   * @param {string} name
   * @param {object} [facts]
   */
  async happen(name, facts = {}) {
    this.window.dispatchEvent(Object.assign(new Event(name), facts));
    await settled();
  }

  /**
   * What is told at first.
   *
   * @param {Partial<ClipboardOffer>} [offer]
   */
  async stands(offer = { serial: 0, kind: 'nothing', text: '' }) {
    await this.copied({ ...offer, standing: true });
  }

  /** @param {Partial<ClipboardOffer>} offer */
  async copied(offer) {
    this.events.emit('clipboard', { ...COPIED, ...offer });
    await settled();
  }

  /** What the browser's clipboard has, as text. */
  async has() {
    const forms = Object.entries(this.here).map(async ([type, blob]) => [type, await blob.text()]);
    return Object.fromEntries(await Promise.all(forms));
  }

  // The browser's clipboard.

  read() {
    return Promise.resolve([new Item(this.here)]);
  }

  /** @param {string} text */
  writeText(text) {
    return this.write([new Item({ 'text/plain': new Blob([text]) })]);
  }

  /** @param {Item[]} items */
  async write([item]) {
    if (this.leaving) this.window.dispatchEvent(new Event('blur'));
    if (!this.allowed.write) throw new Error('not allowed');
    const types = item?.types ?? [];
    const blobs = await Promise.all(types.map(async (type) => [type, await item?.getType(type)]));
    this.here = Object.fromEntries(blobs);
  }

  // The server.

  /**
   * @param {string} path
   * @param {RequestInit} request
   */
  async #put(path, { body }) {
    const parts = [.../** @type {FormData} */ (body)].map(async ([name, part]) => [name, await /** @type {Blob} */ (part).text()]);
    this.sent.push({ known: new URL(path, 'http://desk/').searchParams.get('known'), forms: Object.fromEntries(await Promise.all(parts)) });
    this.serial += 1;
    return new Response(null, { status: this.status, headers: { ETag: `"${this.serial}"` } });
  }

  /** @param {RequestInit} request */
  #get({ headers }) {
    const { Accept } = /** @type {{Accept: string}} */ (headers);
    const body = Accept === 'image/png' ? PNG : '<b>copied</b>';
    return Promise.resolve(new Response(body, { headers: { ETag: `W/"${this.serial}"`, 'Content-Type': Accept } }));
  }
}

class Item {
  #forms;

  /** @param {Record<string, Blob | Promise<Blob>>} forms */
  constructor(forms) {
    this.#forms = forms;
  }

  get types() {
    return Object.keys(this.#forms);
  }

  /** @param {string} type */
  getType(type) {
    return Promise.resolve(/** @type {Blob} */ (this.#forms[type]));
  }
}

/** Everything in memory has come to its end. */
export function settled() {
  return new Promise((resolve) => {
    setTimeout(resolve, 5);
  });
}

// @ts-check
// The clipboard's rules, on a browser and a server in memory.

/** @import { TestContext } from 'node:test' */
/** @import { ClipboardOffer } from '../../../../web/src/connection/server' */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Clipboard } from '../../../../web/src/connection/clipboard.js';
import { LIMITS } from '../../../../web/src/connection/clipboard-content.js';
import { Emitter } from '../../../../web/src/emitter.js';

const NOTHING = { text: '', html: '', image: null };
const OLD = { ...NOTHING, text: 'old' };
const NEW = { ...NOTHING, text: 'new' };
const PNG = new Blob(['picture'], { type: 'image/png' });
/** @type {ClipboardOffer} */
const COPIED = { serial: 5, text: 'copied', html: false, image: null, files: [] };
const FACTS = { width: 1, height: 1, bytes: 7 };

/** A page with a browser that has, allows and is told what a test says. */
class Visit {
  focused = true;
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
  events = /** @type {any} */ (new Emitter());

  /** @param {TestContext} t */
  constructor(t) {
    const navigator = {
      clipboard: this,
      userActivation: this.userActivation,
      permissions: { query: () => Promise.resolve({ state: this.allowed.read ? 'granted' : 'prompt' }) },
    };
    const document = { hasFocus: () => this.focused, getSelection: () => null };
    for (const [name, value] of Object.entries({ window: this.window, document, navigator, ClipboardItem: Item })) {
      const before = Object.getOwnPropertyDescriptor(globalThis, name);
      Object.defineProperty(globalThis, name, { value, configurable: true });
      t.after(() => before && Object.defineProperty(globalThis, name, before));
    }
    t.mock.method(console, 'info', () => {});
    t.mock.method(globalThis, 'fetch', (/** @type {string} */ path, /** @type {RequestInit} */ request) =>
      request.method === 'PUT' ? this.#put(path, request) : this.#get(request),
    );
    this.clipboard = new Clipboard(this.events);
    this.clipboard.on('waiting', () => this.told.push('waiting'));
    this.clipboard.on('kept', () => this.told.push('kept'));
    this.clipboard.on('refused', ({ reason }) => this.told.push(reason));
    this.clipboard.enabled = true;
  }

  /** @param {string} name */
  happen(name) {
    this.window.dispatchEvent(new Event(name));
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
function settled() {
  return new Promise((resolve) => {
    setTimeout(resolve, 5);
  });
}

test('a paste is sent in all its forms, once', async (t) => {
  const visit = new Visit(t);
  const content = { text: 'a\nb', html: '<b>a</b>', image: PNG };
  await visit.clipboard.offer(content);
  await visit.clipboard.offer({ ...content, image: new Blob(['picture'], { type: 'image/png' }) });
  assert.deepEqual(visit.sent, [{ known: '0', forms: { text: 'a\nb', html: '<b>a</b>', image: 'picture' } }]);
  assert.equal(visit.clipboard.desktop.text, 'a\nb');
});

test('what was seen before a copy on the desktop does not take its place, what is newer does', async (t) => {
  const visit = new Visit(t);
  await visit.clipboard.offer(OLD);
  await visit.copied({ serial: 5, image: FACTS, text: '' });
  await visit.clipboard.offer(OLD);
  assert.equal(visit.sent.length, 1);
  visit.serial = 5;
  await visit.clipboard.offer(NEW);
  assert.deepEqual(visit.sent[1], { known: '5', forms: { text: 'new' } });
  assert.equal(visit.clipboard.desktop.serial, 6);
});

test('what was never seen is older than a copy that came while the window had the focus, until it leaves', async (t) => {
  const visit = new Visit(t);
  await visit.copied({});
  await visit.clipboard.offer(OLD);
  assert.deepEqual(visit.sent, []);
  const other = new Visit(t);
  await other.copied({});
  other.happen('blur');
  await other.clipboard.offer(NEW);
  assert.equal(other.sent.length, 1);
});

test('files copied on the desktop stay there too', async (t) => {
  const visit = new Visit(t);
  await visit.clipboard.offer(OLD);
  await visit.copied({ text: '', files: ['/data/a.tif'] });
  await visit.clipboard.offer(OLD);
  assert.equal(visit.sent.length, 1);
  assert.deepEqual(visit.told, [], 'and are nothing for the browser');
});

test('when nothing is on the desktop any more, what was seen is sent again', async (t) => {
  const visit = new Visit(t);
  await visit.clipboard.offer(OLD);
  await visit.copied({ serial: 0, text: '' });
  await visit.clipboard.offer(OLD);
  visit.events.emit('opened');
  await visit.clipboard.offer(OLD);
  assert.equal(visit.sent.length, 3);
});

test('the news of an older copy do not take the place of what was sent since', async (t) => {
  const visit = new Visit(t);
  visit.serial = 8;
  await visit.clipboard.offer(NEW);
  await visit.copied({ serial: 7, text: 'older' });
  assert.equal(visit.clipboard.desktop.text, 'new');
});

test('a copy that the server knows and the page does not is no failure', async (t) => {
  const visit = new Visit(t);
  visit.status = 409;
  await visit.clipboard.offer(OLD);
  await visit.copied({});
  await visit.clipboard.offer(OLD);
  assert.deepEqual([visit.sent.length, visit.told], [1, ['kept']]);
});

test('after a failure the same is sent again', async (t) => {
  const visit = new Visit(t);
  visit.status = 500;
  await visit.clipboard.offer(NEW);
  assert.deepEqual(visit.told, ['failed']);
  visit.status = 204;
  await visit.clipboard.offer(NEW);
  assert.equal(visit.sent.length, 2);
});

test('what is too large is refused, and the rest is sent', async (t) => {
  const visit = new Visit(t);
  const image = new Blob(['x'.repeat(LIMITS.image + 1)], { type: 'image/png' });
  assert.equal(await visit.clipboard.send({ ...NOTHING, image }), false);
  assert.equal(await visit.clipboard.send({ ...NEW, image }), true);
  assert.deepEqual(visit.told, ['size', 'size']);
  assert.deepEqual(visit.sent, [{ known: null, forms: { text: 'new' } }]);
});

test('what the user chose is sent although it is what was seen', async (t) => {
  const visit = new Visit(t);
  await visit.clipboard.offer(OLD);
  await visit.copied({});
  assert.equal(await visit.clipboard.send(OLD), true);
  assert.equal(visit.sent.length, 2);
});

test('a copy on the desktop is given to the browser in all its forms', async (t) => {
  const visit = new Visit(t);
  visit.allowed = { read: true, write: true };
  visit.serial = 5;
  await visit.copied({ html: true, image: FACTS });
  assert.deepEqual(await visit.has(), { 'text/plain': 'copied', 'text/html': '<b>copied</b>', 'image/png': 'picture' });
  visit.happen('focus');
  await settled();
  assert.deepEqual(visit.sent, [], 'and does not come back');
});

test('a copy from before, or one while the user is elsewhere, is not given to the browser', async (t) => {
  const visit = new Visit(t);
  visit.allowed.write = true;
  await visit.copied({ standing: true });
  visit.focused = false;
  await visit.copied({ serial: 6 });
  assert.deepEqual(await visit.has(), {});
});

test('a copy that the browser refuses waits for the next key or click, and not beyond the window', async (t) => {
  const visit = new Visit(t);
  await visit.copied({});
  assert.deepEqual(visit.told, ['kept']);
  visit.allowed.write = true;
  visit.happen('keydown');
  await settled();
  assert.deepEqual(await visit.has(), { 'text/plain': 'copied' });
  visit.allowed.write = false;
  await visit.copied({ serial: 6, text: 'later' });
  visit.allowed.write = true;
  visit.happen('blur');
  visit.happen('pointerup');
  await settled();
  assert.deepEqual(await visit.has(), { 'text/plain': 'copied' });
});

test('long after a key the browser, which would ask the user, is not given anything before the next one', async (t) => {
  const visit = new Visit(t);
  visit.allowed.write = true;
  visit.userActivation.isActive = false;
  await visit.copied({});
  visit.happen('keydown');
  await settled();
  assert.deepEqual([visit.told, await visit.has()], [['waiting'], {}], 'a key that does not count');
  visit.userActivation.isActive = true;
  visit.happen('keydown');
  await settled();
  assert.deepEqual(await visit.has(), { 'text/plain': 'copied' });
  visit.userActivation.isActive = false;
  visit.allowed.read = true;
  await visit.copied({ serial: 6, text: 'with permission' });
  assert.deepEqual(await visit.has(), { 'text/plain': 'with permission' });
});

test('with permission a picture is sent when the window gets the focus, and keys can wait for it', async (t) => {
  const visit = new Visit(t);
  visit.allowed.read = true;
  visit.here = { 'image/png': PNG };
  visit.happen('focus');
  assert.ok(visit.clipboard.passing);
  await visit.clipboard.passing;
  assert.deepEqual(visit.sent, [{ known: '0', forms: { image: 'picture' } }]);
  await settled();
  assert.equal(visit.clipboard.passing, null);
});

test('without control nothing is sent', async (t) => {
  const visit = new Visit(t);
  visit.clipboard.enabled = false;
  await visit.clipboard.offer(NEW);
  assert.equal(await visit.clipboard.send(NEW), false);
  assert.deepEqual(visit.sent, []);
});

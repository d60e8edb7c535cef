// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ParentWindow } from '../../../../web/src/embedding/parent-window.js';

const LMS = 'https://lms.example.org';
const HELLO = { desktopd: 'hello', versions: [1, 2] };
const REQUEST = { desktopd: 'request', id: 1, method: 'layers', params: {} };

/** A window in a frame, and what the one around it is sent. */
class Frame {
  /** @type {[unknown, string][]} */
  sent = [];
  /** @type {string[]} origins that were asked for */
  asked = [];
  /** @type {unknown[]} */
  requests = [];
  connected = 0;
  /** @type {(event: any) => void} */
  #listener = () => {};

  constructor() {
    this.parent = { postMessage: (/** @type {unknown} */ message, /** @type {any} */ options) => {
      this.sent.push([message, options.targetOrigin]);
    } };
    this.speaker = new ParentWindow(/** @type {any} */ (this), (origin) => {
      this.asked.push(origin);
      return origin === 'https://down.test' ? Promise.reject(new TypeError()) : Promise.resolve(origin === LMS);
    });
    this.speaker.on('connected', () => (this.connected += 1));
    this.speaker.on('request', (request) => this.requests.push(request));
  }

  /**
   * @param {string} _type
   * @param {(event: any) => void} listener
   */
  addEventListener(_type, listener) {
    this.#listener = listener;
  }

  /**
   * @param {unknown} data
   * @param {{origin?: string, source?: unknown}} [from]
   */
  async hear(data, { origin = LMS, source = this.parent } = {}) {
    this.#listener({ data, origin, source });
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}

test('a parent that may is answered, at its own origin', async () => {
  const frame = new Frame();
  await frame.hear(HELLO);
  assert.deepEqual(frame.sent, [[{ desktopd: 'ready', version: 1 }, LMS]]);
  await frame.hear(REQUEST);
  assert.deepEqual([frame.connected, frame.requests], [1, [REQUEST]]);
  frame.speaker.send({ desktopd: 'answer', id: 1, result: [] });
  assert.deepEqual(frame.sent[1], [{ desktopd: 'answer', id: 1, result: [] }, LMS]);
});

test('nobody else hears anything', async () => {
  for (const origin of ['https://lms.example.org.evil.com', 'null', '', 'http://lms.example.org', 'https://down.test']) {
    const frame = new Frame();
    await frame.hear(HELLO, { origin });
    await frame.hear(REQUEST, { origin });
    frame.speaker.send({ desktopd: 'answer', id: 1, result: [] });
    assert.deepEqual([frame.sent, frame.requests, frame.connected], [[], [], 0], origin);
  }
});

test('a window other than the parent hears nothing, whatever its origin', async () => {
  const frame = new Frame();
  await frame.hear(HELLO, { source: { postMessage: () => assert.fail() } });
  assert.deepEqual([frame.asked, frame.sent], [[], []]);
  await frame.hear(HELLO);
  await frame.hear(REQUEST, { source: null });
  await frame.hear(REQUEST, { origin: 'https://evil.com' });
  assert.deepEqual(frame.requests, []);
});

test('requests before a hello, and what is no message, are nothing', async () => {
  const frame = new Frame();
  for (const data of [REQUEST, null, 'hello', 7, [], { desktopd: 'hello' }, { desktopd: 'hello', versions: 1 }, { type: 'x' }]) {
    await frame.hear(data);
  }
  assert.deepEqual([frame.asked, frame.sent, frame.requests], [[], [], []]);
});

test('a parent of another version is told ours, and nothing more', async () => {
  const frame = new Frame();
  await frame.hear({ desktopd: 'hello', versions: [2] });
  await frame.hear(REQUEST);
  assert.deepEqual(frame.sent, [[{ desktopd: 'unsupported', versions: [1] }, LMS]]);
  assert.deepEqual([frame.requests, frame.connected], [[], 0]);
});

test('a page in no frame listens to nobody', () => {
  const own = { addEventListener: () => assert.fail('it listens') };
  const speaker = new ParentWindow(/** @type {any} */ (Object.assign(own, { parent: own })), () => Promise.resolve(true));
  speaker.send({ desktopd: 'answer', id: 1, result: [] });
});

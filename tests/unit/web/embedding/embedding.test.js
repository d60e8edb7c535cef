// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { HttpError } from '../../../../web/src/connection/http-error.js';
import { Emitter } from '../../../../web/src/emitter.js';
import { Embedding } from '../../../../web/src/embedding/embedding.js';

/** @extends {Emitter<{connected: void, request: any}>} */
class Parent extends Emitter {
  /** @type {any[]} */
  sent = [];

  /** @param {unknown} message */
  send(message) {
    this.sent.push(message);
  }

  /** Say hello. */
  connect() {
    this.emit('connected');
  }

  /**
   * @param {string} method
   * @param {unknown} params
   * @returns {Promise<any>} what comes back
   */
  async ask(method, params) {
    this.emit('request', { desktopd: 'request', id: 7, method, params });
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    const answer = this.sent.at(-1);
    assert.equal(answer.id, 7);
    return answer.desktopd === 'failure' ? answer.failure : answer.result;
  }
}

function build() {
  const parent = new Parent();
  /** @type {unknown[][]} */
  const calls = [];
  /** @type {any} */
  const call = (/** @type {string} */ name) => (/** @type {unknown[]} */ ...given) => {
    calls.push([name, ...given]);
    return Promise.resolve(name);
  };
  const embedding = new Embedding(/** @type {any} */ (parent), {
    application: { show: call('show'), layers: call('layers'), screenshot: call('canvas') },
    session: {
      screenshot: call('desktop'),
      resize: (/** @type {object} */ size) => call('resize')(size).then(() => ({ ...size, scale: 1 })),
      clipboard: call('clipboard'),
      putClipboard: call('putClipboard'),
    },
    focus: call('focus'),
  });
  return { parent, calls, embedding };
}

test('each request is done by the part whose it is', async () => {
  const { parent, calls } = build();
  assert.equal(await parent.ask('open', { open: 'cells.tif', ndisplay: 3 }), 'show');
  assert.equal(await parent.ask('layers', {}), 'layers');
  assert.equal(await parent.ask('screenshot', { of: 'canvas' }), 'canvas');
  assert.equal(await parent.ask('screenshot', undefined), 'desktop');
  assert.deepEqual(await parent.ask('resize', { width: 800, height: 600 }), { width: 800, height: 600 });
  assert.equal(await parent.ask('clipboard', {}), 'clipboard');
  assert.equal(await parent.ask('clipboard', { text: '' }), 'clipboard');
  assert.equal(await parent.ask('focus', {}), null);
  assert.deepEqual(calls, [
    ['show', { open: 'cells.tif', layer: null, ndisplay: 3 }],
    ['layers'],
    ['canvas'],
    ['desktop'],
    ['resize', { width: 800, height: 600 }],
    ['clipboard'],
    ['putClipboard', ''],
    ['clipboard'],
    ['focus'],
  ]);
});

test('a failure tells why', async () => {
  const { parent, embedding } = build();
  for (const method of ['delete', 'constructor', '__proto__', 'toString']) {
    assert.deepEqual(await parent.ask(method, {}), { message: `There is no request ${method}`, status: 0 });
  }
  embedding.refusal = 'You may only watch.';
  for (const method of ['open', 'resize', 'clipboard']) {
    assert.deepEqual(await parent.ask(method, {}), { message: 'You may only watch.', status: 403 });
  }
  assert.equal(await parent.ask('layers', {}), 'layers');
});

test('the server’s words reach the parent', async () => {
  const parent = new Parent();
  const errors = [new HttpError(404, '', 'x is not there. correct the path'), new TypeError('fetch failed')];
  /** @type {any} */
  const parts = { application: { show: () => Promise.reject(errors.shift()) }, session: {}, focus: () => {} };
  new Embedding(/** @type {any} */ (parent), parts);
  assert.deepEqual(await parent.ask('open', {}), { message: 'x is not there. correct the path', status: 404 });
  assert.deepEqual(await parent.ask('open', {}), { message: 'The server does not answer', status: 0 });
});

test('events tell what is, then what changes', () => {
  const { parent, embedding } = build();
  embedding.state = { stage: 'ready', message: 'napari is ready', role: 'view' };
  parent.sent = [];
  parent.connect();
  const state = { stage: 'ready', message: 'napari is ready', connection: 'connecting', role: 'view' };
  assert.deepEqual(parent.sent, [{ desktopd: 'event', event: 'state', data: state }]);
  parent.sent = [];
  embedding.state = { stage: 'ready' };
  embedding.state = { connection: 'connected' };
  embedding.layers = [];
  embedding.layers = [];
  assert.deepEqual(parent.sent, [
    { desktopd: 'event', event: 'state', data: { ...state, connection: 'connected' } },
    { desktopd: 'event', event: 'layers', data: [] },
  ]);
  parent.sent = [];
  parent.connect();
  assert.equal(parent.sent.length, 2);
});

// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

/** @import { TestContext } from 'node:test' */
/** @import { Fault } from '../../../../web/src/connection/diagnosis.js' */

import { Diagnosis } from '../../../../web/src/connection/diagnosis.js';
import { HttpError } from '../../../../web/src/connection/http-error.js';
import { stopTime } from '../clock.js';

const ADDRESS = 'ws://desk.test/websockify';
const SERVED = { services: [{ name: 'rfb', state: 'running' }] };

/**
 * The way to a desktop: what its addresses answer, and whether WebSockets open.
 *
 * @param {TestContext} t
 * @param {{session?: () => Response, plain?: () => Response, opens?: boolean | null}} way - `opens` null: nothing happens
 */
function pave(t, { session = () => Response.json(SERVED), plain = () => new Response(''), opens = true }) {
  /** @type {string[]} */
  const asked = [];
  t.mock.method(globalThis, 'fetch', (/** @type {string} */ address) => {
    asked.push(address);
    return Promise.resolve().then(() => (address === 'api/session' ? session() : plain()));
  });
  class Socket extends EventTarget {
    /** @param {string} address */
    constructor(address) {
      super();
      asked.push(address);
      if (opens !== null) queueMicrotask(() => this.dispatchEvent(new Event(opens ? 'open' : 'close')));
    }
    close() {}
  }
  const { WebSocket } = globalThis;
  globalThis.WebSocket = /** @type {any} */ (Socket);
  t.after(() => (globalThis.WebSocket = WebSocket));
  return asked;
}

/**
 * A diagnosis that begins, and what it finds.
 *
 * @param {{foreign?: boolean}} [options]
 */
function begin({ foreign = false } = {}) {
  const diagnosis = new Diagnosis(ADDRESS, { foreign });
  /** @type {(Fault | null)[]} */
  const found = [];
  diagnosis.on('found', (fault) => found.push(fault));
  diagnosis.state = 'connecting';
  return { diagnosis, found };
}

async function settle() {
  for (let turn = 0; turn < 30; turn += 1) await Promise.resolve();
}

test('nothing is looked for while a connection may still come about', async (t) => {
  const pass = stopTime(t);
  const asked = pave(t, {});
  const { diagnosis, found } = begin();
  pass(5900);
  diagnosis.state = 'connected';
  pass(60_000);
  await settle();
  assert.deepEqual(asked, []);
  assert.deepEqual(found, [null]);
});

const silence = () => {
  throw new TypeError('failed to fetch');
};
for (const session of [silence, () => new Response('<html>', { status: 502 })]) {
  test('a server that answers nothing, or refuses, is the first part that fails', async (t) => {
    const pass = stopTime(t);
    const asked = pave(t, { session });
    const { found } = begin();
    pass(6000);
    await settle();
    assert.equal(found[0]?.part, 'server');
    assert.deepEqual(asked, ['api/session']);
  });
}

test('WebSockets that do not open are told, with what their address answers', async (t) => {
  const pass = stopTime(t);
  const asked = pave(t, { opens: false, plain: () => new Response('', { status: 504 }) });
  const { found } = begin();
  pass(6000);
  await settle();
  const fault = found[0];
  assert.equal(fault?.part, 'websocket');
  assert.ok(fault.error instanceof HttpError);
  assert.equal(fault.error.status, 504);
  assert.deepEqual(asked, ['api/session', ADDRESS, 'http://desk.test/websockify']);
});

test('a WebSocket of which nothing is heard is blocked too, 10 s after the beginning', async (t) => {
  const pass = stopTime(t);
  pave(t, { opens: null });
  const { found } = begin();
  pass(6000);
  await settle();
  pass(4000);
  await settle();
  assert.deepEqual(found, [{ part: 'websocket', error: null }]);
});

test('a desktop that is not there yet is no fault, and is asked for again', async (t) => {
  const pass = stopTime(t);
  const asked = pave(t, { session: () => Response.json({ services: [] }) });
  const { found } = begin();
  pass(6000);
  await settle();
  assert.deepEqual(found, [null]);
  pass(10_000);
  await settle();
  assert.deepEqual(asked, ['api/session', 'api/session']);
});

test('a desktop that is not of this session is tried whatever the session does', async (t) => {
  const pass = stopTime(t);
  pave(t, { session: () => Response.json({ services: [] }), opens: false });
  const { found } = begin({ foreign: true });
  pass(6000);
  await settle();
  assert.equal(found[0]?.part, 'websocket');
});

test('what was found is taken back with the connection, also when it comes in the middle', async (t) => {
  const pass = stopTime(t);
  pave(t, { opens: false });
  const { diagnosis, found } = begin();
  pass(6000);
  await settle();
  diagnosis.state = 'connected';
  assert.equal(found.at(-1), null);
  diagnosis.state = 'reconnecting';
  pass(6000);
  diagnosis.state = 'connected';
  await settle();
  assert.deepEqual(
    found.map((fault) => fault?.part ?? null),
    ['websocket', null, null],
  );
});

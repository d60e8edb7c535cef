// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

/** @import { TestContext } from 'node:test' */
/** @import { DesktopConnection } from '../../../../web/src/connection/desktop-connection.js' */

import { Heartbeat } from '../../../../web/src/connection/heartbeat.js';
import { stopTime } from '../clock.js';

/** A connection over a network that a test cuts; it answers what it is asked after 20 ms. */
class Connection {
  state = 'connected';
  works = true;
  mute = false;
  checks = 0;
  asked = 0;
  #heardAt = 0;
  rfb = this;

  get silence() {
    return performance.now() - this.#heardAt;
  }

  hear() {
    this.#heardAt = performance.now();
  }

  ask() {
    this.asked += 1;
    if (this.works && !this.mute) setTimeout(() => this.hear(), 20);
  }

  check() {
    this.checks += 1;
  }
}

/**
 * What a page hears of the heartbeat of a connection.
 *
 * @param {TestContext} t
 */
function start(t) {
  const pass = stopTime(t);
  const connection = new Connection();
  const page = { visibilityState: 'visible', querySelector: () => null };
  const { document } = globalThis;
  globalThis.document = /** @type {any} */ (page);
  t.after(() => (globalThis.document = document));
  t.mock.method(globalThis, 'fetch', () => {
    if (!connection.works) return Promise.reject(new TypeError('offline'));
    return Promise.resolve(new Response(''));
  });
  /** @type {boolean[]} */
  const told = [];
  const heartbeat = new Heartbeat(/** @type {DesktopConnection} */ (/** @type {unknown} */ (connection)));
  heartbeat.on('silent', (silent) => told.push(silent));
  const live = async (/** @type {number} */ time) => {
    for (let second = 0; second < time; second += 1000) {
      pass(1000);
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    }
  };
  return { connection, page, told, live };
}

test('a quiet desktop is asked for a sign of life, and gives one', async (t) => {
  const { connection, told, live } = start(t);
  await live(60_000);
  assert.ok(connection.asked >= 10 && connection.asked <= 20, `${connection.asked} times`);
  assert.deepEqual([told, connection.checks], [[], 0]);
});

test('a cut network is told within eight seconds, and that it goes on by itself', async (t) => {
  const { connection, told, live } = start(t);
  await live(5000);
  connection.works = false;
  await live(8000);
  assert.deepEqual(told, [true]);
  connection.works = true;
  connection.hear();
  await live(2000);
  assert.deepEqual([told, connection.checks], [[true, false], 0]);
});

test('where the server answers and the connection does not, the connection is looked at', async (t) => {
  const { connection, live } = start(t);
  connection.mute = true;
  await live(12_000);
  assert.equal(connection.checks, 0, 'a server may be slow');
  await live(4000);
  assert.ok(connection.checks > 0);
  connection.works = false;
  await live(1000);
  const before = connection.checks;
  await live(10_000);
  assert.equal(connection.checks, before, 'nothing is to be had from a server that is not there');
});

test('a page that nobody looks at asks for nothing, and is not silent when it is looked at again', async (t) => {
  const { connection, page, told, live } = start(t);
  page.visibilityState = 'hidden';
  await live(60_000);
  assert.equal(connection.asked, 0);
  page.visibilityState = 'visible';
  await live(10_000);
  assert.deepEqual([connection.asked > 0, told], [true, []]);
});

test('a connection that has ended is not silent', async (t) => {
  const { connection, told, live } = start(t);
  connection.works = false;
  await live(10_000);
  connection.state = 'reconnecting';
  await live(2000);
  assert.deepEqual(told, [true, false]);
});

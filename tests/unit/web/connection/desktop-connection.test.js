// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

/** @import { TestContext } from 'node:test' */
/** @import { WakeUp } from '../../../../web/src/connection/wake-up.js' */
/** @import { RFBClient } from '../../../../web/src/novnc/rfb-client.js' */
/** @import { RFBEvents } from '../../../../web/src/novnc/rfb.js' */

import { DesktopConnection } from '../../../../web/src/connection/desktop-connection.js';
import { Emitter } from '../../../../web/src/emitter.js';
import { stopTime } from '../clock.js';

/**
 * A connection that does what the test says, in place of an RFBClient.
 *
 * @extends {Emitter<RFBEvents>}
 */
class Rfb extends Emitter {
  alive = true;
  left = false;
  probes = 0;
  #heardAt = performance.now();
  screen = { className: '', inert: false, removed: false, remove: () => (this.screen.removed = true) };

  get silence() {
    return performance.now() - this.#heardAt;
  }

  hear() {
    this.#heardAt = performance.now();
  }

  show() {
    this.emit('picture');
  }

  end() {
    this.emit('disconnect');
  }

  askPassword() {
    this.emit('credentialsrequired');
  }

  leave() {
    this.left = true;
  }

  /** @param {number} limit */
  probe(limit) {
    this.probes += 1;
    return new Promise((resolve) => {
      setTimeout(() => resolve(this.alive), limit);
    });
  }
}

/** A network over which connections are opened as long as it works. */
class Network {
  works = true;
  /** @type {Rfb[]} */
  opened = [];

  load() {
    const open = () => {
      this.opened.push(new Rfb());
      return /** @type {RFBClient} */ (/** @type {unknown} */ (this.opened.at(-1)));
    };
    return this.works ? Promise.resolve(open) : Promise.reject(new Error('offline'));
  }
}

/** @param {TestContext} t */
function start(t, { reconnect = true } = {}) {
  const passTime = stopTime(t);
  t.mock.method(Math, 'random', () => 1);
  const warn = t.mock.method(console, 'warn', () => {});
  const network = new Network();
  /** @type {unknown[]} */
  const kept = [];
  const place = /** @type {any} */ ({ append: (/** @type {unknown} */ screen) => kept.push(screen) });
  const wakeUp = /** @type {WakeUp} */ (new Emitter());
  const connection = new DesktopConnection(place, { load: () => network.load(), wakeUp, reconnect, delay: 1000 });
  /** @type {string[]} */
  const states = [];
  connection.on('state', (state) => states.push(state));
  /** Let milliseconds pass, and promises do their work. */
  const pass = async (time = 0) => {
    passTime(time);
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  };
  /** The connection in use. */
  const rfb = () => network.opened.at(-1) ?? assert.fail('there is no connection');
  const connect = async () => {
    connection.start();
    await pass();
    rfb().show();
  };
  return { connection, pass, opened: network.opened, kept, network, states, rfb, connect, warn };
}

test('it connects when it is told to, and is connected with the first picture', async (t) => {
  const { connection, pass, opened, states, rfb } = start(t);
  await pass(60_000);
  assert.deepEqual([opened.length, connection.wanted, connection.state], [0, false, 'connecting']);
  connection.start();
  connection.start();
  await pass();
  assert.deepEqual([opened.length, connection.state], [1, 'connecting']);
  rfb().show();
  assert.deepEqual([states, connection.rfb === /** @type {unknown} */ (rfb())], [['connected'], true]);
});

test('after an end that nobody asked for it connects again, with growing waits and without a limit', async (t) => {
  const { pass, opened, states, rfb, connect } = start(t);
  await connect();
  rfb().end();
  assert.deepEqual(states, ['connected', 'reconnecting']);
  await pass(999);
  assert.equal(opened.length, 1);
  await pass(1);
  assert.equal(opened.length, 2);
  rfb().end();
  await pass(1499);
  assert.equal(opened.length, 2);
  await pass(1);
  for (let count = 3; count < 30; count += 1) {
    assert.equal(opened.length, count);
    rfb().end();
    await pass(30_000);
  }
});

test('a picture makes the next wait a short one again', async (t) => {
  const { pass, opened, rfb, connect } = start(t);
  await connect();
  for (let end = 0; end < 5; end += 1) {
    rfb().end();
    await pass(30_000);
  }
  rfb().show();
  const before = opened.length;
  rfb().end();
  await pass(1000);
  assert.equal(opened.length, before + 1);
});

test('the last picture stays until the next one is there', async (t) => {
  const { pass, kept, rfb, connect } = start(t);
  await connect();
  const { screen } = rfb();
  rfb().end();
  assert.deepEqual([kept, screen.className, screen.inert, screen.removed], [[screen], 'last-picture', true, false]);
  await pass(1000);
  rfb().end();
  assert.deepEqual([kept, screen.removed], [[screen], false], 'a connection without a picture leaves none');
  await pass(1500);
  rfb().show();
  assert.equal(screen.removed, true);
});

test('a client that cannot be loaded is tried again', async (t) => {
  const { connection, pass, opened, network, rfb, states } = start(t);
  network.works = false;
  connection.start();
  await pass();
  network.works = true;
  await pass(1000);
  assert.equal(opened.length, 1);
  rfb().show();
  assert.deepEqual(states, ['connected']);
});

test('it gives up on a connection that shows nothing and brings nothing more', async (t) => {
  const { connection, pass, opened, rfb } = start(t);
  connection.start();
  await pass(10_000);
  rfb().hear();
  await pass(14_999);
  assert.equal(rfb().left, false);
  await pass(1);
  assert.equal(rfb().left, true);
  await pass(1000);
  assert.equal(opened.length, 2);
});

test('a desktop that wants a password is left, and said', async (t) => {
  const { connection, pass, opened, rfb, warn } = start(t);
  connection.start();
  await pass();
  rfb().askPassword();
  assert.deepEqual([rfb().left, warn.mock.callCount()], [true, 1]);
  await pass(1000);
  assert.equal(opened.length, 2);
});

test('without reconnecting an end is the end, until one connects again', async (t) => {
  const { connection, pass, opened, states, rfb, connect } = start(t, { reconnect: false });
  await connect();
  rfb().end();
  await pass(60_000);
  assert.deepEqual([states, connection.wanted, connection.rfb, opened.length], [['connected', 'disconnected'], false, null, 1]);
  connection.start();
  await pass();
  rfb().show();
  assert.deepEqual(states.slice(2), ['reconnecting', 'connected']);
});

test('a restart leaves the connection and opens a new one at once', async (t) => {
  const { connection, pass, opened, rfb, connect } = start(t);
  await connect();
  const old = rfb();
  connection.restart();
  await pass();
  assert.deepEqual([old.left, opened.length], [true, 2]);
  old.end();
  old.show();
  await pass(60_000);
  assert.equal(connection.rfb, /** @type {unknown} */ (rfb()), 'what the old one tells counts no more');
  assert.equal(connection.state, 'reconnecting');
});

test('of two starts while the client is loaded one connection comes', async (t) => {
  const { connection, pass, opened } = start(t);
  connection.start();
  connection.restart();
  await pass();
  assert.equal(opened.length, 1);
});

test('a connection that answers no probe is dead', async (t) => {
  const { connection, pass, opened, rfb, connect } = start(t);
  let silent = 0;
  connection.on('silent', () => (silent += 1));
  await connect();
  connection.check();
  connection.check();
  await pass(4000);
  assert.deepEqual([silent, opened.length, rfb().probes], [0, 1, 1]);
  rfb().alive = false;
  connection.check();
  await pass(4000);
  assert.deepEqual([silent, opened.length], [1, 2]);
});

test('one that has been silent for half a minute is probed', async (t) => {
  const { pass, opened, rfb, connect } = start(t);
  await connect();
  rfb().alive = false;
  await pass(31_999);
  await pass(10_000);
  assert.equal(opened.length, 1);
  await pass(1);
  assert.equal(opened.length, 2);
});

test('a check connects at once where a wait is on, and not where no connection is wanted', async (t) => {
  const { connection, pass, opened, rfb, connect } = start(t);
  connection.check();
  await pass();
  assert.equal(opened.length, 0);
  await connect();
  rfb().end();
  connection.check();
  await pass();
  assert.equal(opened.length, 2);
  await pass(5000);
  assert.equal(opened.length, 2, 'the wait is over');
});

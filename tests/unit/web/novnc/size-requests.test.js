// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

/** @import { TestContext } from 'node:test' */
/** @import { Size } from '../../../../web/src/geometry.js' */

import { SizeRequests } from '../../../../web/src/novnc/size-requests.js';
import { stopTime } from '../clock.js';

/**
 * A window and a desktop of the same width, which the test changes.
 *
 * @param {TestContext} t
 */
function start(t) {
  const pass = stopTime(t);
  const sizes = { window: /** @type {number | null} */ (800), desktop: 800, scale: 1 };
  /** @param {number} width */
  const size = (width) => ({ width, height: 600, scale: /** @type {number | null} */ (sizes.scale) });
  const requests = new SizeRequests({
    wanted: () => (sizes.window === null ? null : size(sizes.window)),
    current: () => size(sizes.desktop),
  });
  /** @type {number[]} */
  const asked = [];
  requests.on('request', ({ width }) => asked.push(width));
  /** @param {number | null} width */
  const resize = (width) => {
    sizes.window = width;
    requests.look();
  };
  return { pass, sizes, requests, asked, resize };
}

test('also a desktop of the window’s size is asked for, once', (t) => {
  const { pass, asked, requests } = start(t);
  requests.look();
  requests.answered();
  pass(5000);
  requests.look();
  assert.deepEqual(asked, [800]);
});

test('another scale of the same size is asked for', (t) => {
  const { pass, asked, requests, sizes } = start(t);
  requests.look();
  requests.answered();
  pass(200);
  sizes.scale = 1.25;
  requests.look();
  requests.look();
  assert.deepEqual(asked, [800, 800]);
});

test('a new size of the window is asked for at once', (t) => {
  const { asked, resize } = start(t);
  resize(1000);
  assert.deepEqual(asked, [1000]);
  resize(1000);
  assert.deepEqual(asked, [1000]);
});

test('while an answer is awaited nothing is asked for, and the last size in the end', (t) => {
  const { pass, asked, resize, requests } = start(t);
  resize(1000);
  pass(10);
  for (const width of [1001, 1002, 1003]) resize(width);
  assert.deepEqual(asked, [1000]);
  pass(200);
  requests.answered();
  assert.deepEqual(asked, [1000, 1003]);
});

test('two requests are a tenth of a second apart', (t) => {
  const { pass, asked, resize, requests } = start(t);
  resize(1000);
  pass(20);
  resize(1100);
  requests.answered();
  pass(79);
  assert.deepEqual(asked, [1000]);
  pass(1);
  assert.deepEqual(asked, [1000, 1100]);
});

test('a server that does not answer is asked again', (t) => {
  const { pass, asked, resize } = start(t);
  resize(1000);
  resize(1100);
  pass(1499);
  assert.deepEqual(asked, [1000]);
  pass(1);
  assert.deepEqual(asked, [1000, 1100]);
});

test('the size that is asked for is the window’s at that time', (t) => {
  const { pass, sizes, asked, resize } = start(t);
  resize(1000);
  resize(1100);
  sizes.window = 1200;
  pass(1500);
  assert.deepEqual(asked, [1000, 1200]);
});

test('a window that is back at the size asked for needs no further request', (t) => {
  const { pass, asked, resize, requests } = start(t);
  resize(1000);
  resize(1100);
  resize(1000);
  requests.answered();
  pass(5000);
  assert.deepEqual(asked, [1000]);
});

test('what another viewer has asked for is left as it is, unless one insists', (t) => {
  const { pass, sizes, asked, resize, requests } = start(t);
  resize(1000);
  requests.answered();
  sizes.desktop = 640;
  pass(1000);
  requests.look();
  assert.deepEqual(asked, [1000]);
  requests.insist();
  requests.look();
  assert.deepEqual(asked, [1000, 1000]);
});

test('a window without a size asks for nothing', (t) => {
  const { pass, asked, resize } = start(t);
  resize(1000);
  pass(10);
  resize(1100);
  resize(null);
  pass(5000);
  assert.deepEqual(asked, [1000]);
});

test('for a second after a request a new size may be on its way', (t) => {
  const { pass, resize, requests } = start(t);
  let settled = 0;
  requests.on('settled', () => (settled += 1));
  assert.equal(requests.settling, true, 'the first size is');
  pass(1000);
  assert.equal(requests.settling, false);
  resize(1000);
  assert.equal(requests.settling, true);
  pass(1000);
  assert.deepEqual([requests.settling, settled], [false, 0]);
  pass(1);
  assert.equal(settled, 1);
});

test('a connection that has ended asks for nothing more', (t) => {
  const { pass, asked, resize, requests } = start(t);
  requests.on('settled', () => assert.fail('the connection has ended'));
  resize(1000);
  resize(1100);
  requests.stop();
  pass(5000);
  assert.deepEqual(asked, [1000]);
});

test('a request names both sides and the scale', (t) => {
  stopTime(t);
  /** @type {Size[]} */
  const asked = [];
  const requests = new SizeRequests({
    wanted: () => ({ width: 800, height: 601, scale: 1.5 }),
    current: () => ({ width: 800, height: 600 }),
  });
  requests.on('request', (size) => asked.push(size));
  requests.look();
  assert.deepEqual(asked, [{ width: 800, height: 601, scale: 1.5 }]);
});

test('a size that the server gives instead is taken, until the window has another', (t) => {
  const { pass, sizes, asked, resize, requests } = start(t);
  let settled = 0;
  requests.on('settled', () => settled++);
  resize(390);
  assert.equal(requests.settling, true);
  sizes.desktop = 595;
  requests.answered();
  requests.grant();
  assert.deepEqual([requests.granted, requests.settling, settled], [true, false, 1]);
  // The server changes it for a window that needs more, and back.
  sizes.desktop = 900;
  assert.equal(requests.granted, false);
  requests.grant();
  assert.equal(requests.granted, true);
  sizes.desktop = 595;
  assert.equal(requests.granted, true);
  // Another viewer has chosen this one.
  sizes.desktop = 640;
  assert.equal(requests.granted, false);
  pass(200);
  resize(400);
  assert.deepEqual([asked, requests.granted], [[390, 400], false]);
});

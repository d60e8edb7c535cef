// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

/** @import { TestContext } from 'node:test' */
/** @import { Rectangle } from '../../../../web/src/geometry.js' */

import { Refinement } from '../../../../web/src/picture/refinement.js';
import { stopTime } from '../clock.js';

const SIZE = { width: 1024, height: 512 };
const SPOT = { x: 0, y: 0, width: 16, height: 16 };
const AREA = { x: 0, y: 0, width: 256, height: 256 };

/**
 * A refinement, what it tells, and what stands for its connection.
 *
 * @param {TestContext} t
 */
function start(t) {
  const pass = stopTime(t);
  t.mock.method(Math, 'random', () => 0.5);
  const page = { hidden: false };
  const refinement = new Refinement(() => page.hidden);
  /** @type {Rectangle[]} */
  const requests = [];
  /** @type {boolean[]} */
  const lossless = [];
  /** @type {boolean[]} */
  const exact = [];
  refinement.on('request', (area) => requests.push(area));
  refinement.on('lossless', (on) => lossless.push(on));
  refinement.on('exact', (now) => exact.push(now));
  refinement.reset(SIZE);
  /**
   * @param {Rectangle} area
   * @param {boolean} lossy
   */
  const update = (area, lossy) => {
    refinement.drawn(area, lossy);
    refinement.updated();
  };
  return { refinement, pass, page, requests, lossless, exact, update };
}

test('a picture without losses is exact when it has rested', (t) => {
  const { refinement, pass, exact, requests, update } = start(t);
  update({ x: 0, y: 0, ...SIZE }, false);
  pass(299);
  assert.equal(refinement.exact, false);
  pass(1);
  assert.equal(refinement.exact, true);
  update(SPOT, false);
  assert.deepEqual(exact, [true, false]);
  pass(300);
  assert.deepEqual(exact, [true, false, true]);
  assert.deepEqual(requests, []);
});

test('lossy parts are asked for without loss when the picture rests', (t) => {
  const { refinement, pass, exact, requests, lossless, update } = start(t);
  update(SPOT, true);
  pass(299);
  assert.deepEqual([requests, lossless], [[], []]);
  pass(1);
  assert.deepEqual([requests, lossless], [[AREA], [true]]);
  assert.equal(refinement.exact, false);
  update(AREA, false);
  assert.deepEqual(exact, [true]);
  assert.deepEqual(lossless, [true], 'the demand stands while nothing happens');
});

test('a picture that keeps changing is not asked for', (t) => {
  const { pass, requests, update } = start(t);
  for (let frame = 0; frame < 20; frame += 1) {
    update(SPOT, true);
    pass(100);
  }
  assert.deepEqual(requests, []);
});

test('a blinking cursor does not keep an answer from coming', (t) => {
  const { refinement, pass, requests, lossless, update } = start(t);
  update(SPOT, true);
  pass(300);
  update({ x: 600, y: 300, width: 8, height: 16 }, false);
  assert.deepEqual(lossless, [true]);
  update(AREA, false);
  pass(300);
  assert.equal(refinement.exact, true);
  assert.equal(requests.length, 1);
});

test('the demand ends with the next large change', (t) => {
  const { pass, requests, lossless, update } = start(t);
  update(SPOT, true);
  pass(300);
  update(AREA, false);
  update({ x: 600, y: 300, width: 8, height: 16 }, false);
  assert.deepEqual(lossless, [true]);
  update({ x: 512, y: 0, width: 256, height: 256 }, false);
  assert.deepEqual(lossless, [true, false]);
  pass(60_000);
  assert.equal(requests.length, 1);
});

test('a large change puts the request off', (t) => {
  const { pass, requests, lossless, update } = start(t);
  update(SPOT, true);
  pass(300);
  update({ x: 512, y: 0, width: 256, height: 256 }, false);
  assert.deepEqual(lossless, [true, false]);
  pass(300);
  assert.deepEqual(requests, [AREA, AREA]);
  assert.deepEqual(lossless, [true, false, true]);
});

test('what the user does puts the request off, and forgets no loss', (t) => {
  const { refinement, pass, requests, lossless, update } = start(t);
  update(SPOT, true);
  pass(300);
  refinement.pause();
  assert.deepEqual(lossless, [true, false]);
  assert.equal(refinement.exact, false);
  pass(299);
  refinement.pause();
  pass(299);
  assert.equal(requests.length, 1);
  pass(1);
  assert.deepEqual(requests, [AREA, AREA]);
});

test('an answer that does not come is asked for again', (t) => {
  const { pass, requests, update } = start(t);
  update(SPOT, true);
  pass(300);
  pass(4999);
  assert.equal(requests.length, 1);
  pass(1 + 300);
  assert.deepEqual(requests, [AREA, AREA]);
});

test('areas are asked for in batches that grow with quick answers', (t) => {
  const { refinement, pass, exact, requests, update } = start(t);
  update({ x: 0, y: 0, ...SIZE }, true);
  pass(300);
  assert.equal(requests.length, 2);
  for (const area of requests.slice(0, 2)) refinement.drawn(area, false);
  refinement.updated();
  assert.equal(requests.length, 6);
  for (const area of requests.slice(2, 6)) refinement.drawn(area, false);
  refinement.updated();
  assert.equal(requests.length, 8);
  for (const area of requests.slice(6)) refinement.drawn(area, false);
  refinement.updated();
  pass(300);
  assert.deepEqual([requests.length, exact.at(-1)], [8, true]);
});

test('a server that cannot do without losses is not asked for ever', (t) => {
  const { pass, requests, lossless, exact, update } = start(t);
  update(SPOT, true);
  pass(300);
  for (let answer = 0; answer < 10; answer += 1) update(AREA, true);
  pass(60_000);
  assert.equal(requests.length, 3);
  assert.deepEqual(lossless, [true, false]);
  assert.deepEqual(exact, []);
});

test('who only watches asks later', (t) => {
  const { refinement, pass, requests, update } = start(t);
  refinement.watching = true;
  update(SPOT, true);
  pass(2249);
  assert.deepEqual(requests, []);
  pass(1);
  assert.deepEqual(requests, [AREA]);
});

test('a page that nobody sees asks for nothing', (t) => {
  const { page, pass, requests, update } = start(t);
  page.hidden = true;
  update(SPOT, true);
  pass(10_000);
  assert.deepEqual(requests, []);
  page.hidden = false;
  pass(300);
  assert.deepEqual(requests, [AREA]);
});

test('a copy takes its losses along', (t) => {
  const { refinement, pass, requests, update } = start(t);
  update(SPOT, true);
  refinement.copied({ x: 0, y: 0 }, { ...SPOT, x: 512, y: 256 });
  refinement.updated();
  pass(300);
  assert.deepEqual(requests, [AREA, { x: 512, y: 256, width: 256, height: 256 }]);
});

test('a server that sends them again by itself is not asked, and its repair is no change', (t) => {
  const { refinement, pass, requests, exact, update } = start(t);
  refinement.asks = false;
  update(SPOT, true);
  pass(1000);
  assert.deepEqual([requests, exact], [[], []]);
  update(SPOT, false);
  assert.deepEqual(exact, [true]);
});

test('a request that is on its way is given up when the server turns out to ask for itself', (t) => {
  const { refinement, pass, requests, lossless, update } = start(t);
  update(SPOT, true);
  pass(300);
  refinement.asks = false;
  assert.deepEqual(lossless, [true, false]);
  pass(60_000);
  assert.equal(requests.length, 1);
  refinement.asks = true;
  pass(300);
  assert.deepEqual(requests, [AREA, AREA]);
});

test('a new framebuffer has no losses', (t) => {
  const { refinement, pass, requests, lossless, update } = start(t);
  update(SPOT, true);
  pass(300);
  refinement.reset({ width: 640, height: 480 });
  assert.deepEqual(lossless, [true, false]);
  pass(300);
  assert.equal(refinement.exact, true);
  pass(60_000);
  assert.equal(requests.length, 1);
});

test('nothing is asked for or told after the end', (t) => {
  const { refinement, pass, requests, exact, update } = start(t);
  update(SPOT, true);
  refinement.stop();
  pass(60_000);
  assert.deepEqual([requests, exact], [[], []]);
});
